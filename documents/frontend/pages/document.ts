/** A document's page: its text, its title, who can read it. */
import "../text_en";
import "../style/document.css";
import "../editor_element";
import { DocumentApi } from "../document_api";
import type { DocumentFacts } from "../document_topic";
import { openShareSheet } from "../share_sheet";
import { TitleField } from "../title_field";

const page = document.querySelector<HTMLElement>(".document");
const id = page?.dataset["document"];
if (page && id) {
  const api = new DocumentApi(id);
  const input = page.querySelector<HTMLTextAreaElement>("[data-title-input]");
  const heading = page.querySelector<HTMLElement>("[data-title]")!;
  const field = input && new TitleField(input, api);
  page.addEventListener("document-facts", (event) => {
    const { title, right } = (event as CustomEvent<DocumentFacts>).detail;
    if (!title) return;
    heading.textContent = title;
    document.title = `${title} – collab`;
    field?.renamed(title);
    if (right) showRight(page, right);
  });
  const share = page.querySelector<HTMLButtonElement>("[data-share]");
  if (share) {
    share.hidden = false;
    share.addEventListener("click", () => void openShareSheet(api));
  }
}

/** The notice for readers and the title's field follow the right while the page is open. */
function showRight(page: HTMLElement, right: "editor" | "reader"): void {
  const writes = right === "editor";
  page.querySelector<HTMLElement>(".document-reader")!.hidden = writes;
  page.querySelector<HTMLElement>("[data-title-input]")!.hidden = !writes;
  page.querySelector<HTMLElement>("[data-title]")!.classList.toggle("visually-hidden", writes);
}
