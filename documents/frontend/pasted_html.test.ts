import { expect, test } from "vitest";
import { withMeaning } from "./pasted_html";

test.each([
  ['<p><span style="font-weight:700">gras</span></p>', "<p><span><strong>gras</strong></span></p>"],
  ['<span style="color:red;font-style: italic">i</span>', "<span><em>i</em></span>"],
  ['<span style="text-decoration:line-through">s</span>', "<span><s>s</s></span>"],
  ['<b style="font-weight:normal" id="docs-internal-guid-1"><p>tout</p></b>', "<p>tout</p>"],
  ['<h2 style="font-weight:bold">T</h2>', "<h2>T</h2>"],
  ['<a href="https://exemple.fr" style="text-decoration:underline">lien</a>', '<a href="https://exemple.fr">lien</a>'],
  ["<style>p{color:red}</style><script>x()</script><p>reste</p>", "<p>reste</p>"],
  ["<p>2 < 3</p>", "<p>2 &lt; 3</p>"],
])("%s", (pasted, kept) => expect(withMeaning(pasted)).toBe(kept));

test("no style and no handler is left, whatever its quotes", () => {
  const kept = withMeaning("<p style='position:fixed' onclick='a()' onfocus=b()>a</p><p STYLE=color:red ONLOAD=c()>b</p>");
  expect(kept).not.toMatch(/\s(style|on\w+)=/i);
});
