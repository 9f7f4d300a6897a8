import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { speak, ssml } from '../../functions/protocol/builders.ts';
import { ssmlProblem, wordsOf } from '../../functions/protocol/ssml.ts';

describe('SSML', () => {
  it.each([
    '<speak>Hello</speak>',
    '<?xml version="1.0" encoding="UTF-8"?>\n<speak>Hello</speak>',
    '\uFEFF<speak>Hello</speak>',
    '<!-- before --><speak>Hello<!-- inside - it --></speak><!-- after -->',
    '<speak>Tom &amp; Jerry &lt;3 &#228; &#xE4; &quot;&apos;&gt;</speak>',
    '<speak>1 > 0</speak>',
    '<speak><![CDATA[Tom & Jerry < 3]]></speak>',
    '<speak><?pause long?>Hello</speak>',
    `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts='https://www.w3.org/2001/mstts'
       xml:lang="de-DE"><voice name = "de-DE-KatjaNeural"><mstts:express-as style="a>b">Grüße</mstts:express-as ></voice></speak>`,
    '<speak>One.<break time="500ms"/>Two.</speak>',
    '<speak><p><p>nested</p></p></speak>',
    '<speak>日本語 👋</speak>',
  ])('is well-formed: %s', (text) => {
    expect(ssmlProblem(text)).toBeUndefined();
    expect(speak({ ssml: text })).toEqual({ type: 'speak', ssml: text });
  });

  it.each([
    ['nothing', '', 1, /<speak>/],
    ['white space', ' \n', 1, /<speak>/],
    ['a text alone', 'Hello', 1, /<speak>/],
    ['text before the root', 'Hi <speak>you</speak>', 1, /all of it/],
    ['text after the root', '<speak>Hi</speak> you', 18, /all of it/],
    ['another root', '<p>Hi</p>', 1, /root must be <speak>/],
    ['another root in capitals', '<SPEAK>Hi</SPEAK>', 1, /root must be <speak>/],
    ['two roots', '<speak>a</speak><speak>b</speak>', 17, /there must be one/],
    ['a bare &', '<speak>Tom & Jerry</speak>', 12, /&amp;/],
    ['an entity of HTML', '<speak>a&nbsp;b</speak>', 9, /&amp;/],
    ['an entity without ;', '<speak>a &amp b</speak>', 10, /&amp;/],
    ['a reference to no character', '<speak>&#0;</speak>', 8, /reference/],
    ['a reference to half a character', '<speak>&#xD800;</speak>', 8, /reference/],
    ['a reference beyond Unicode', '<speak>&#x110000;</speak>', 8, /reference/],
    ['<<<', '<<<', 1, /&lt;/],
    ['a bare <', '<speak>1 < 2</speak>', 10, /&lt;/],
    ['a root that is never closed', '<speak>Hi', 10, /never closed/],
    ['a tag that is never closed', '<speak><p>Hi</speak>', 13, /last one open/],
    ['tags that cross', '<speak><p><s>Hi</p></s></speak>', 16, /last one open/],
    ['a closing tag alone', '</speak>', 1, /last one open/],
    ['a closing tag with an attribute', '<speak>Hi</speak a="b">', 10, /closing tag is broken/],
    ['a tag that is broken off', '<speak', 7, /tag is broken/],
    ['an attribute without quotes', '<speak><break time=500ms/></speak>', 14, /tag is broken/],
    ['an attribute without a value', '<speak><break time/></speak>', 14, /tag is broken/],
    ['an attribute without a space', '<speak><break a="1"b="2"/></speak>', 20, /tag is broken/],
    ['an attribute that is given twice', '<speak><break a="1" a="2"/></speak>', 20, /twice/],
    ['an attribute that is never closed', '<speak><break a="1/></speak>', 14, /never closed/],
    ['a < in an attribute', '<speak a="<"/>', 11, /&lt;/],
    ['a & in an attribute', '<speak a="a&b"/>', 12, /&amp;/],
    ['a comment that is never closed', '<speak><!-- Hi</speak>', 8, /comment is never closed/],
    ['-- in a comment', '<speak><!-- a -- b --></speak>', 15, /--/],
    ['CDATA that is never closed', '<speak><![CDATA[Hi</speak>', 8, /CDATA/],
    ['CDATA outside', '<![CDATA[Hi]]><speak/>', 1, /all of it/],
    [']]> in a text', '<speak>]]></speak>', 8, /\]\]&gt;/],
    ['an instruction that is never closed', '<speak><?a</speak>', 8, /instruction/],
    ['an XML declaration that is late', ' <?xml version="1.0"?><speak/>', 2, /first/],
    ['a document type', '<!DOCTYPE speak [<!ENTITY a "b">]><speak>&a;</speak>', 1, /document type/],
    ['a control character', '<speak>\u0000</speak>', 8, /no such character/],
    ['half a character', '<speak>\ud800</speak>', 8, /no such character/],
  ])('is not %s', (_what, text, character, message) => {
    expect(ssmlProblem(text)).toMatch(message);
    expect(ssmlProblem(text)).toMatch(new RegExp(`at character ${character}$`));
    const refused = expect.objectContaining({ name: 'InvalidAction', field: 'ssml' });
    expect(() => speak({ ssml: text })).toThrow(refused);
  });

  it.each([
    '<speak><break time="1s"/></speak>',
    '<speak><audio src="https://example.com/a.wav"/></speak>',
    '<speak><phoneme alphabet="ipa" ph="a"/></speak>',
    '<speak><![CDATA[Hi]]></speak>',
  ])('is heard: %s', (text) => {
    expect(speak({ ssml: text })).toEqual({ type: 'speak', ssml: text });
  });

  it.each([
    '<speak/>',
    '<speak />\n',
    '<speak> &#32; </speak>',
    '<speak>&#x200b;<p>\u200e</p></speak>',
    '<speak><!-- > Hi --></speak>',
    '<speak><voice name="a > b"/></speak>',
    '<speak><p><voice name="x"><prosody rate="slow"></prosody></voice></p></speak>',
  ])('is not silent: %s', (text) => {
    expect(ssmlProblem(text)).toBeUndefined();
    const refused = expect.objectContaining({ name: 'InvalidAction', field: 'ssml' });
    expect(() => speak({ ssml: text })).toThrow(refused);
  });

  it('is not repeated by what is wrong with it', () => {
    expect(ssmlProblem('<speak><Anna>Schmidt & Co</Anna></speak>')).not.toMatch(/Anna|Schmidt/);
  });
});

describe('ssml`…`', () => {
  it('escapes what stands in it', () => {
    const name = `Tom & "Jerry" <3 'em`;
    expect(ssml`<speak>Hello ${name}, ${7} times</speak>`).toEqual({
      ssml: '<speak>Hello Tom &amp; &quot;Jerry&quot; &lt;3 &apos;em, 7 times</speak>',
    });
    expect(wordsOf(ssml`<speak>${name}</speak>`)).toBe(name);
  });

  it('takes SSML that is written like it as it is', () => {
    const pause = ssml`<break time="1s"/>`;
    expect(ssml`<speak>One.${pause}Two.</speak>`.ssml).toBe(
      '<speak>One.<break time="1s"/>Two.</speak>',
    );
  });

  it('is well-formed whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(
          ssmlProblem(ssml`<speak><sub alias="${text}">${text}</sub></speak>`.ssml),
        ).toBeUndefined();
      }),
    );
  });
});

it('is heard without tags and references', () => {
  const marked =
    '<speak>Tom &amp; <emphasis level="strong">Jerry</emphasis> &#228;&#xE4;\n &nope; &#x110000;</speak>';
  expect(wordsOf({ ssml: marked })).toBe('Tom & Jerry ää &nope; &#x110000;');
  expect(wordsOf({ text: ' a  < b ' })).toBe('a < b');
  const hidden = '<speak>Tom<!-- > or --> <![CDATA[& Jerry <3]]></speak>';
  expect(wordsOf({ ssml: hidden })).toBe('Tom & Jerry <3');
  expect(wordsOf({})).toBe('');
});

it.each([
  ['<speak>Hello <emphasis level="strong">dear</emphasis> caller</speak>', 'Hello dear caller'],
  [
    '<speak version="1.0">\n <voice name="de-DE-KatjaNeural">Guten Tag</voice>\n</speak>',
    'Guten Tag',
  ],
  [
    '<speak><p>One.</p><p>Two,<break time="1s"/>three<emphasis>!</emphasis></p></speak>',
    'One. Two, three!',
  ],
  ['<speak>A <say-as interpret-as="date">1.2.</say-as> <!-- not <b>this</b> --></speak>', 'A 1.2.'],
  [
    '<speak>Fish &amp; chips &lt; 5 &#8364; &#x1F41F; &unknown; &#9999999;</speak>',
    'Fish & chips < 5 € 🐟 &unknown; &#9999999;',
  ],
  ['<speak>un<emphasis>likely</emphasis>ly<!-- - -->!</speak>', 'unlikelyly!'],
  ['<speak><voice name="a > b" lang=\'>\'>Hi<sub alias="1 > 0">x</sub></voice></speak>', 'Hix'],
  ['<speak>A<![CDATA[ <p> & <!-- B -->]]> C</speak>', 'A <p> & <!-- B --> C'],
  ['<speak>A<!-- <![CDATA[ B --> C<?pause 1 > 0?> D</speak>', 'A C D'],
])('%s sounds like "%s"', (markup, text) => {
  expect(wordsOf({ ssml: markup })).toBe(text);
});
