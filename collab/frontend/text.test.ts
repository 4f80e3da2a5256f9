// @vitest-environment node
/** Every French text of the scripts has its English, in some app's `text_en.ts`. */
import { globSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";

const SOURCES = "{collab,rooms,documents,video,platform/*}/frontend/**/*.ts";

/** The texts a script shows and those it translates. `t(n > 1 ? "a" : "b")` shows two. */
function texts(path: string, source: string): { shown: string[]; english: string[] } {
  const shown: string[] = [];
  const english: string[] = [];
  const literals = (node: ts.Node | undefined): void => {
    if (!node) return;
    if (ts.isStringLiteralLike(node)) shown.push(node.text);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(literals);
    else if (ts.isParenthesizedExpression(node)) literals(node.expression);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [first] = node.arguments;
      if (node.expression.text === "t") literals(first);
      if (node.expression.text === "addEnglish" && first && ts.isObjectLiteralExpression(first))
        for (const entry of first.properties)
          if (entry.name && (ts.isStringLiteralLike(entry.name) || ts.isIdentifier(entry.name))) english.push(entry.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true));
  return { shown, english };
}

test("every text of the scripts has its English", () => {
  const files = globSync(SOURCES).filter((path) => !path.endsWith(".test.ts"));
  const found = files.map((path) => ({ path, ...texts(path, readFileSync(path, "utf8")) }));
  const english = new Set(found.flatMap((file) => file.english));
  const missing = found.flatMap((file) => file.shown.filter((text) => !english.has(text)).map((text) => `${file.path}: ${text}`));
  expect(missing).toEqual([]);
  expect(english.size).toBeGreaterThan(0);
});

test("a text is found however it is written", () => {
  const { shown, english } = texts("x.ts", 't("un"); t(n > 1 ? "deux" : (x ? `trois` : "quatre")); t(\n  "cinq",\n  { n }); addEnglish({ un: "one", "deux": "two" });');
  expect(shown).toEqual(["un", "deux", "trois", "quatre", "cinq"]);
  expect(english).toEqual(["un", "deux"]);
});
