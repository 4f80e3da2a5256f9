/** A document's page: its text, its title, who can read it. */
import "../text_en";
import "../style/document.css";
import "../editor_element";
import { DocumentApi } from "../document_api";
import { openShareSheet } from "../share_sheet";
import { TitleField } from "../title_field";

const page = document.querySelector<HTMLElement>(".document");
const id = page?.dataset["document"];
if (page && id) {
  const api = new DocumentApi(id);
  const input = page.querySelector<HTMLTextAreaElement>("[data-title-input]");
  if (input) new TitleField(input, page.querySelector("[data-title]")!, api);
  const share = page.querySelector<HTMLButtonElement>("[data-share]");
  if (share) {
    share.hidden = false;
    share.addEventListener("click", () => void openShareSheet(api));
  }
}
