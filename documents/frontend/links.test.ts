import { expect, test } from "vitest";
import { cleanLink, isSafeLink } from "./links";

test.each([
  ["https://exemple.fr/a?b=c#d", "https://exemple.fr/a?b=c#d"],
  ["  exemple.fr/agenda ", "https://exemple.fr/agenda"],
  ["exemple.fr:8080/x", "https://exemple.fr:8080/x"],
  ["http://localhost:8000", "http://localhost:8000"],
  ["contact@exemple.fr", "mailto:contact@exemple.fr"],
  ["mailto:contact@exemple.fr", "mailto:contact@exemple.fr"],
])("%s is an address", (typed, whole) => expect(cleanLink(typed)).toBe(whole));

test.each(["", "   ", "deux mots", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "mot", "java\nscript:x"])(
  "%j is none",
  (typed) => expect(cleanLink(typed)).toBeNull(),
);

test.each(["javascript:alert(1)", " javascript:alert(1)", "//ailleurs.fr", "/page", "data:,x", "", null, undefined])(
  "%j in a document is not followed",
  (href) => expect(isSafeLink(href)).toBe(false),
);

test("web and mail addresses in a document are followed", () => {
  for (const href of ["https://exemple.fr", "http://exemple.fr", "mailto:a@exemple.fr"]) expect(isSafeLink(href)).toBe(true);
});
