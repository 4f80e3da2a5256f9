/** The title, edited in place: kept when one leaves the field or presses Enter, taken back with Escape. */
import { t } from "@collab/text";
import { toast } from "@collab/toast";
import { ApiError, type DocumentApi } from "./document_api";

const BORDERS = 3;

export class TitleField {
  private kept: string;

  constructor(
    private readonly input: HTMLTextAreaElement,
    private readonly api: DocumentApi,
  ) {
    this.kept = input.value;
    input.addEventListener("change", () => void this.keep());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        input.blur();
      }
      if (event.key === "Escape") {
        input.value = this.kept;
        input.blur();
      }
    });
    input.addEventListener("input", () => this.fit());
    new ResizeObserver(() => this.fit()).observe(input.parentElement ?? input);
  }

  /** A long title takes as many lines as it needs. */
  private fit(): void {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + BORDERS}px`;
  }

  /** Somebody renamed it: say so, unless one is typing another title. */
  renamed(title: string): void {
    if (title === this.kept) return;
    if (document.activeElement !== this.input || this.input.value === this.kept) this.input.value = title;
    this.kept = title;
    this.fit();
  }

  private async keep(): Promise<void> {
    const wanted = this.input.value;
    if (wanted === this.kept) return;
    try {
      const title = await this.api.rename(wanted);
      this.kept = this.input.value = title;
    } catch (error) {
      if (error instanceof ApiError && error.code === "no_title") this.input.value = this.kept;
      const why = error instanceof ApiError ? error.detail : t("Pas de réseau : réessayez.");
      toast(t("Le titre n’est pas enregistré. %(why)s", { why }), { kind: "danger" });
    }
  }
}
