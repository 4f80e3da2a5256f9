/**
 * Sheets: a modal <dialog>, at the foot of the screen on phones.
 * `if (await confirmSheet({ title: "Fermer la salle ?", confirm: "Fermer", danger: true })) …`
 * A form asks by itself: <form data-confirm="Quitter le groupe ?" data-confirm-label="Quitter">.
 */
import { t } from "./text";

interface Question {
  title: string;
  text?: string;
  confirm?: string;
  cancel?: string;
  danger?: boolean;
}

/** Opens a sheet around `content`; the promise ends with the value it was closed with, "" for Escape. */
export function openSheet(title: string, content: Node): { sheet: HTMLDialogElement; closed: Promise<string> } {
  const sheet = document.createElement("dialog");
  sheet.className = "sheet";
  const heading = document.createElement("h2");
  heading.id = `sheet-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  heading.textContent = title;
  sheet.setAttribute("aria-labelledby", heading.id);
  const body = document.createElement("div");
  body.className = "sheet-body";
  body.append(heading, content);
  sheet.append(body);
  sheet.addEventListener("click", (click) => {
    if (click.target === sheet) sheet.close("");
  });
  const before = document.activeElement;
  const closed = new Promise<string>((resolve) => {
    sheet.addEventListener("close", () => {
      sheet.remove();
      if (before instanceof HTMLElement) before.focus();
      resolve(sheet.returnValue);
    });
  });
  document.body.append(sheet);
  sheet.showModal();
  return { sheet, closed };
}

/** True when the person said yes; Escape, the backdrop and Cancel are no. */
export async function confirmSheet(question: Question): Promise<boolean> {
  const content = document.createDocumentFragment();
  if (question.text) {
    const words = document.createElement("p");
    words.textContent = question.text;
    content.append(words);
  }
  const actions = document.createElement("div");
  actions.className = "sheet-actions";
  const no = choice(question.cancel ?? t("Annuler"), "");
  const yes = choice(question.confirm ?? t("Confirmer"), "yes");
  yes.classList.add("primary");
  if (question.danger) yes.classList.add("danger");
  actions.append(no, yes);
  content.append(actions);
  const { sheet, closed } = openSheet(question.title, content);
  for (const element of [no, yes]) element.addEventListener("click", () => sheet.close(element.value));
  // What cannot be undone is not one stray Enter away.
  (question.danger ? no : yes).focus();
  return (await closed) === "yes";
}

function choice(label: string, value: string): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  element.value = value;
  element.textContent = label;
  return element;
}

/** Forms with data-confirm ask before they leave. */
export function askBeforeSubmit(root: Document): void {
  root.addEventListener("submit", (submit) => {
    const form = submit.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.confirm) return;
    submit.preventDefault();
    const submitter = submit.submitter;
    const { confirm: title, confirmText: text, confirmLabel: label } = form.dataset;
    const question = { title, danger: true, ...(text && { text }), ...(label && { confirm: label }) };
    void confirmSheet(question).then((yes) => {
      if (!yes) return;
      delete form.dataset.confirm;
      form.requestSubmit(submitter instanceof HTMLButtonElement ? submitter : null);
    });
  });
}
