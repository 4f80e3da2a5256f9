import { beforeEach, expect, test, vi } from "vitest";
import { askBeforeSubmit, confirmSheet } from "./sheet";

// jsdom has no modal dialogs.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function (value = "") {
  this.returnValue = value;
  this.open = false;
  this.dispatchEvent(new Event("close"));
};

const sheet = () => document.querySelector<HTMLDialogElement>("dialog.sheet");
const button = (words: string) =>
  [...document.querySelectorAll("dialog button")].find((one) => one.textContent === words) as HTMLButtonElement;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  document.body.replaceChildren();
});

test("yes is yes", async () => {
  const answer = confirmSheet({ title: "Fermer la salle ?", confirm: "Fermer" });
  button("Fermer").click();
  expect(await answer).toBe(true);
  expect(sheet()).toBeNull();
});

test("cancel, Escape and the backdrop are no", async () => {
  const cancelled = confirmSheet({ title: "?" });
  button("Annuler").click();
  expect(await cancelled).toBe(false);
  const escaped = confirmSheet({ title: "?" });
  sheet()?.close();
  expect(await escaped).toBe(false);
  const left = confirmSheet({ title: "?" });
  sheet()?.click();
  expect(await left).toBe(false);
});

test("the title names the sheet", () => {
  void confirmSheet({ title: "Fermer la salle ?" });
  const title = document.getElementById(sheet()?.getAttribute("aria-labelledby") ?? "");
  expect(title?.textContent).toBe("Fermer la salle ?");
  sheet()?.close();
});

test("what cannot be undone does not have the focus", () => {
  void confirmSheet({ title: "?", confirm: "Retirer", danger: true });
  expect(document.activeElement?.textContent).toBe("Annuler");
  sheet()?.close();
});

test("the focus goes back to where it was", async () => {
  document.body.innerHTML = "<button>Ouvrir</button>";
  const opener = document.querySelector("button")!;
  opener.focus();
  const answer = confirmSheet({ title: "?" });
  sheet()?.close();
  await answer;
  expect(document.activeElement).toBe(opener);
});

test("a form with data-confirm leaves only after a yes, with the button that sent it", async () => {
  document.body.innerHTML =
    '<form data-confirm="Quitter ?" data-confirm-label="Quitter"><button name="go" value="1">Quitter le groupe</button></form>';
  const form = document.querySelector("form")!;
  const left = vi.fn((submit: Event) => submit.preventDefault());
  askBeforeSubmit(document);
  form.addEventListener("submit", (submit) => {
    if (!form.dataset.confirm) left(submit);
  });
  form.requestSubmit(form.querySelector("button"));
  expect(sheet()?.querySelector("h2")?.textContent).toBe("Quitter ?");
  button("Annuler").click();
  await settled();
  expect(left).not.toHaveBeenCalled();
  form.requestSubmit(form.querySelector("button"));
  button("Quitter").click();
  await settled();
  expect(left).toHaveBeenCalledOnce();
  expect((left.mock.calls[0]![0] as SubmitEvent).submitter).toBe(form.querySelector("button"));
});
