"""Writes jinja-expected.json: what Jinja itself makes of our test templates, set up as Hugging Face's
transformers does it. Needs jinja2 3.1; run it in this folder after a change of features or templates."""
import json
from datetime import datetime
from pathlib import Path

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime(2026, 2, 3, 14, 5, 9)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


ENV = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
ENV.filters["tojson"] = tojson
ENV.globals["raise_exception"] = raise_exception
ENV.globals["strftime_now"] = lambda f: NOW.strftime(f)

X = {"x": [1, 2, 3, 4, 5], "s": "  Hello, wörld 😀!  ", "d": {"b": 1, "a": [True, None, 1.0, "q\"u'o"]},
     "people": [{"name": "Ann", "age": 31, "tags": {"t": 1}}, {"name": "bob", "age": 5}, {"name": "Cy", "age": 31}]}

FEATURES = {
    "if elif else": "{% if x|length > 9 %}a{% elif x[0] == 1 %}b{% else %}c{% endif %}",
    "for else": "{% for i in [] %}{{ i }}{% else %}none{% endfor %}",
    "for filter": "{% for i in x if i % 2 == 1 %}{{ i }}{{ ',' if not loop.last }}{% endfor %}",
    "tuple targets": "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "loop variables": "{% for i in x %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}",
    "previtem nextitem": "{% for i in x %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}",
    "loop cycle": "{% for i in x %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "loop changed": "{% for p in people %}{{ loop.changed(p.age) }} {% endfor %}",
    "break continue": "{% for i in x %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "set does not leave a loop": "{% set a = 1 %}{% for i in x %}{% set a = i %}{% endfor %}{{ a }}",
    "namespace leaves a loop": "{% set ns = namespace(a=0) %}{% for i in x %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}",
    "set in if stays": "{% if true %}{% set a = 5 %}{% endif %}{{ a }}",
    "block set": "{% set a %}x{{ x[1] }}y{% endset %}[{{ a }}]",
    "block set with filter": "{% set a | upper %}abc{% endset %}{{ a }}",
    "two targets": "{% set a, b = 1, 'z' %}{{ b }}{{ a }}",
    "macro": "{% macro f(a, b=2, c='q') %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, c=3) }} {{ f('x', 'y', 'z') }}",
    "call block": "{% macro box() %}[{{ caller() }}]{% endmacro %}{% call box() %}in{{ x[0] }}{% endcall %}",
    "call block with values": "{% macro each(l) %}{% for i in l %}{{ caller(i) }};{% endfor %}{% endmacro %}{% call(v) each(x) %}<{{ v }}>{% endcall %}",
    "filter block": "{% filter upper %}abc {{ x[0] }}{% endfilter %}",
    "generation": "a{% generation %}b{{ x[0] }}{% endgeneration %}c",
    "with": "{% with a=1, b=x[1] %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "raw": "{% raw %}{{ x }}{% if %}{% endraw %}",
    "comment": "a{# {{ x }} #}b\n  {# line #}\nc",
    "white space control": "a  \n  {%- if true -%}  \n b \n {%- endif %}\n c\n{{- ' d' -}}  \n e",
    "trim and lstrip blocks": "  {% if true %}\n  x\n  {% endif %}\n  {{ x[0] }}\n\n y {% if true %} z {% endif %}\n",
    "plus sign": "a\n  {%+ if true %}b{% endif +%}\nc",
    "trailing line ends": "a\n\n",
    "slices": "{{ x[1:3] }}{{ x[::-1] }}{{ x[:-1] }}{{ x[-2:] }}{{ x[::2] }}{{ s[2:7] }}{{ s[::-1] }}{{ x[10:] }}{{ x[3:1] }}{{ x[4:0:-2] }}",
    "index": "{{ x[-1] }}{{ d['b'] }}{{ d.b }}{{ x[99] is defined }}{{ d.zzz is defined }}{{ s[-3] }}",
    "tests": "{{ 1 is number }}{{ 'a' is string }}{{ d is mapping }}{{ x is iterable }}{{ 'a' is iterable }}{{ none is none }}{{ x is sequence }}{{ 3 is odd }}{{ 4 is even }}{{ true is boolean }}{{ 1 is boolean }}{{ 1.0 is float }}{{ 1 is integer }}{{ false is false }}{{ 0 is false }}{{ q is undefined }}{{ 6 is divisibleby 3 }}{{ 'b' is in 'abc' }}{{ 2 is not none }}{{ 1 is eq 1 }}{{ range is callable }}",
    "inline if": "{{ 'a' if x else 'b' }}{{ 'c' if not x }}{{ 1 if false else 2 if false else 3 }}",
    "arithmetic": "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ -2 ** 2 }} {{ 1 + 2 * 3 - 4 }} {{ 1.5 + 1 }} {{ 2 ** 3 ** 2 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }}",
    "floats": "{{ 1.0 }} {{ 0.1 + 0.2 }} {{ 1e16 }} {{ 1e15 }} {{ 1.5e-7 }} {{ 0.0001 }} {{ 123456789.125 }} {{ 1e22 }} {{ -0.0 }} {{ 100.0 }}",
    "concatenation": "{{ 'a' ~ 1 ~ none ~ true ~ 1.0 ~ [1, 'b'] }}{{ 'a' 'b' }}{{ 'ab' * 3 }}{{ [1] + [2] }}{{ [0] * 3 }}",
    "comparisons": "{{ 1 < 2 < 3 }}{{ 1 < 2 > 3 }}{{ 'a' < 'b' }}{{ 1 == 1.0 }}{{ true == 1 }}{{ [1, 2] == [1, 2] }}{{ 'a' != 'b' }}{{ 1 in x }}{{ 9 not in x }}{{ 'b' in d }}{{ 'ell' in s }}{{ not 1 == 2 }}",
    "and or": "{{ 0 or 'a' }}{{ 1 and 'b' }}{{ '' or [] or 'c' }}{{ not (1 and 0) }}{{ none or false }}",
    "string methods": "{{ s.strip() }}|{{ s.lstrip() }}|{{ s.rstrip() }}|{{ s.strip(' !') }}|{{ 'a,b,,c'.split(',') }}|{{ ' a  b '.split() }}|{{ 'a,b,c'.split(',', 1) }}|{{ 'a,b,c'.rsplit(',', 1) }}|{{ 'abc'.startswith('ab') }}{{ 'abc'.endswith('bc') }}|{{ 'hello world-foo'.title() }}|{{ 'aB'.upper() }}{{ 'aB'.lower() }}{{ 'aB cD'.capitalize() }}|{{ 'aXbX'.replace('X', '-') }}|{{ 'aXbX'.replace('X', '-', 1) }}|{{ ', '.join(['a', 'b']) }}|{{ 'abcb'.find('b') }}{{ 'abcb'.count('b') }}|{{ '12'.isdigit() }}{{ 'a1'.isalpha() }}|{{ 'xxabxx'.strip('x') }}{{ 'a\nb'.splitlines() }}",
    "dict methods": "{{ d.get('b') }}{{ d.get('q') }}{{ d.get('q', 7) }}{{ d.keys()|list }}{{ d.values()|list }}{{ d|items|map('last')|list }}",
    "filters of text": "{{ s|trim }}|{{ 'abc'|upper }}{{ 'ABC'|lower }}{{ 'hello wOrld'|title }}{{ 'hELLO'|capitalize }}|{{ 'abc'|length }}{{ s|length }}|{{ 'a-b'|replace('-', '+') }}|{{ 'abc'|first }}{{ 'abc'|last }}|{{ 'abc'|list }}|{{ 'abc'|reverse }}|{{ 'a\nb\n\nc'|indent(2) }}|{{ 'a\nb'|indent(width=3, first=true) }}|{{ '<a>'|safe }}{{ 5|string + 'x' }}",
    "filters of numbers": "{{ '42'|int }}{{ 'x'|int }}{{ 'x'|int(7) }}{{ 3.9|int }}|{{ '1.5'|float }}{{ 3|float }}|{{ -3|abs }}|{{ 3.14159|round(2) }}{{ 2.5|round }}{{ 2.1|round(0, 'ceil') }}",
    "filters of lists": "{{ x|first }}{{ x|last }}{{ x|join('-') }}{{ x|sum }}{{ x|min }}{{ x|max }}{{ x|reverse|list }}{{ [3, 1, 2]|sort }}{{ [3, 1, 2]|sort(reverse=true) }}{{ ['b', 'A', 'c']|sort }}{{ [1, 2, 1]|unique|list }}{{ []|first is defined }}{{ x|length }}{{ x|count }}",
    "attributes": "{{ people|map(attribute='name')|join(',') }}|{{ people|selectattr('age', 'equalto', 31)|map(attribute='name')|list }}|{{ people|rejectattr('age', 'gt', 10)|map(attribute='name')|list }}|{{ people|selectattr('tags')|list|length }}|{{ people|selectattr('tags', 'defined')|list|length }}|{{ people|sort(attribute='name')|map(attribute='name')|list }}|{{ people|map(attribute='tags.t', default='-')|list }}|{{ people|sum(attribute='age') }}|{{ people|join(',', attribute='name') }}|{{ people|unique(attribute='age')|map(attribute='name')|list }}",
    "map and select": "{{ ['a', 'b']|map('upper')|list }}{{ x|select('odd')|list }}{{ x|reject('odd')|list }}{{ x|select|list }}{{ ['1', '2']|map('int')|sum }}{{ ['a-b']|map('replace', '-', '+')|list }}",
    "dictsort": "{{ d|dictsort|map('first')|list }}{% for k, v in {'b': 1, 'A': 2}|dictsort %}{{ k }}{{ v }}{% endfor %}{{ {'b': 1, 'a': 2}|dictsort(by='value')|map('join', ':')|list }}",
    "default": "{{ q|default('z') }}{{ q|d }}{{ ''|default('z') }}{{ ''|default('z', true) }}{{ none|default('z') }}{{ q is defined }}{{ q }}",
    "tojson": "{{ d|tojson }}{{ s|tojson }}{{ 1.0|tojson }}{{ 'a\n\t\"\\<>&é'|tojson }}{{ []|tojson }}{{ {}|tojson }}{{ none|tojson }}",
    "tojson indented": "{{ d|tojson(indent=4) }}{{ [[], {}, [1]]|tojson(indent=2) }}{{ {'b': 1, 'a': 2}|tojson(sort_keys=true) }}",
    "printing": "{{ true }}{{ none }}{{ [1, 'a', none, true, 1.0] }}{{ {'a': 'b', 1: [2]} }}{{ ['it\\'s', 'q\"'] }}{{ [] }}{{ {} }}",
    "escapes": "{{ 'a\\n\\t\\'\\\"\\\\\\u00e9\\x41' }}{{ \"\\u4f60\" }}",
    "range": "{{ range(4)|list }}{{ range(1, 4)|list }}{{ range(9, 0, -3)|list }}{% for i in range(2) %}{{ i }}{% endfor %}",
    "strftime": "{{ strftime_now('%d %b %Y') }}|{{ strftime_now('%Y-%m-%d %H:%M:%S') }}|{{ strftime_now is defined }}|{{ strftime_now('%A, %B %d') }}",
    "filters bind tighter": "{{ 1 + 2|string|length }}{{ -5|abs }}{{ 'a' ~ 'b'|upper }}{{ not x|length }}{{ x|length > 3 and x|first == 1 }}",
    "line ends": "a\r\nb\rc",
    "brackets within tags": "{{ {'a': {'b': 1}}.a.b }}{{ '}}' }}{{ '%}' }}",
    "undefined is empty": "[{{ q }}]{% for i in q %}{{ i }}{% endfor %}{{ 'x' if q else 'y' }}{{ q == 1 }}",
}

TOOLS = [{"type": "function", "function": {"name": "weather", "description": "Tells the weather",
          "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]
U, A, S = (lambda r: lambda c: {"role": r, "content": c})("user"), (lambda r: lambda c: {"role": r, "content": c})("assistant"), (lambda r: lambda c: {"role": r, "content": c})("system")
CALL = {"role": "assistant", "content": "", "tool_calls": [{"id": "abcdefghi", "type": "function",
        "function": {"name": "weather", "arguments": {"city": "Ulm"}}}]}
RESULT = {"role": "tool", "content": "{\"sky\": \"clear\"}", "tool_call_id": "abcdefghi", "name": "weather"}

SHAPES = {
    "question": {"messages": [U("Hello there")]},
    "question answer question": {"messages": [U("Hello"), A("Hi! "), U(" What is 2 + 2?\n")]},
    "system question": {"messages": [S("You are terse."), U("Hello"), A("Hi."), U("Why?")]},
    "no generation prompt": {"messages": [U("Hello"), A("Hi.")], "add_generation_prompt": False},
    "reasoning in history": {"messages": [U("2+2?"), A("<think>\nadd\n</think>\n\n4"), U("Sure?")]},
    "thinking switched off": {"messages": [U("2+2?")], "enable_thinking": False},
    "tools": {"messages": [U("Weather in Ulm?")], "tools": TOOLS},
    "tool result": {"messages": [U("Weather in Ulm?"), CALL, RESULT], "tools": TOOLS},
    "roles that do not alternate": {"messages": [A("Hi"), U("Hello")]},
}


def outcome(template, values):
    try:
        return {"text": template.render(**values)}
    except Exception as e:  # the message is compared only where the template raised it
        return {"error": str(e)}


features = [{"name": n, "template": t, **outcome(ENV.from_string(t), X)} for n, t in FEATURES.items()]
templates = []
for path in sorted(Path("templates").glob("*.jinja")):
    template = ENV.from_string(path.read_text())
    for name, shape in SHAPES.items():
        values = {"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True, **shape}
        templates.append({"template": path.name, "shape": name, "values": values, **outcome(template, values)})
Path("jinja-expected.json").write_text(json.dumps(
    {"values": X, "features": features, "templates": templates}, ensure_ascii=False, indent=1) + "\n")
print(len(features), "features,", len(templates), "renderings,", sum("error" in t for t in features), "faulty features")
