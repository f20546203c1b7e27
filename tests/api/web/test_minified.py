"""Scripts go out without comments, and are otherwise what was written."""

import pytest

from api.web.frame.minified import minified


@pytest.mark.parametrize(
    ("written", "delivered"),
    [
        ("// why\nconst a = 1; // so\n", "const a=1;"),
        ("/* why\n so */ go ( a , b ) ;", "go(a,b);"),
        ('say("// no comment");', 'say("// no comment");'),
        ("say('it\\'s  /* kept */');", "say('it\\'s  /* kept */');"),
        ("say(`a  ${b + c}\n  // kept`);", "say(`a  ${b + c}\n  // kept`);"),
        ("text.replace(/[/\"'`]  +/g, '');", "text.replace(/[/\"'`]  +/g,'');"),
        ("const half = whole / 2; // rest / 2", "const half=whole/2;"),
        ("const parts = [/^a  b/, 1 / 2];", "const parts=[/^a  b/,1/2];"),
        ("a + ++b - -c", "a+ ++b- -c"),
        ("return a\n  ?.b", "return a?.b"),
        ("let a = b\nlet c = d\n", "let a=b\nlet c=d"),
        ("go()\n[1].map(go)", "go()\n[1].map(go)"),
        ("if (a) {\n  b();\n}\n\nc();", "if(a){b()}c();"),
        ("try {\n  a();\n} finally {\n  b();\n}\n[c].map(d)", "try{a()}finally{b()}[c].map(d)"),
        ("if (a) {\n} else {\n  b()\n}\nc", "if(a){}else{b()}c"),
        ("let a = { b }\nc", "let a={b}\nc"),
        ("let a = () => {\n}\nc", "let a=()=>{}\nc"),
        ("wait(60_000 + a_1)", "wait(60000+a_1)"),
        ("return true;", "return!0;"),
        ("go({ true: false, a: a ? false : true }, a.true)", "go({true:!1,a:a?false:!0},a.true)"),
        ("if (a === true) go('true');", "if(a===!0)go('true');"),
        ("{ while (a()); }", "{while(a());}"),
        ("{ if (a) b(); else ; }", "{if(a)b();else;}"),
        ("const f = () => { return (a); };", "const f=()=>{return(a)};"),
        ("for (const of of all) of in it;", "for(const of of all)of in it;"),
        ("all.map((one) => one.name);", "all.map(one=>one.name);"),
        ("go(async (one) => { await one; });", "go(async one=>{await one});"),
        ("go((one, other) => one);", "go((one,other)=>one);"),
        ("go(({ one }) => one);", "go(({one})=>one);"),
        ("if (a) (one) => one;", "if(a)one=>one;"),
        ("const a = [1, 2,];\nconst b = { c: 1, };", "const a=[1,2],b={c:1};"),
        ("const [, a] = [, 1];\nconst b = [,];", "const[,a]=[,1],b=[,];"),
        ("export const a = 1;\nconst b = 2;\nconst c = 3;", "export const a=1;const b=2,c=3;"),
        (
            "const a = () => {\n  const b = 1;\n  const c = 2;\n  go(b, c);\n};\nconst d = 1;",
            "const a=()=>{const b=1,c=2;go(b,c)},d=1;",
        ),
        ("const a = 1;\nlet b = 2;\nconst c = 3;", "const a=1;let b=2;const c=3;"),
        ("const a = 1;\nif (a) {\n  go();\n}\nconst c = 3;", "const a=1;if(a){go()}const c=3;"),
        ("for (const a of b) {\n  go(a);\n}\nconst c = 1;", "for(const a of b){go(a)}const c=1;"),
    ],
)
def test_what_means_nothing_is_left_out_and_all_else_stays(written: str, delivered: str):
    assert minified(written) == delivered
    assert minified(delivered) == delivered


@pytest.mark.parametrize(
    "script", ["a = `x ${b ? `  c` : ''}`;", 'a = "x;\nb();', "a = function () {}\nb"]
)
def test_what_it_cannot_be_sure_of_is_not_delivered(script: str):
    with pytest.raises(ValueError, match="line 1"):
        minified(script)
