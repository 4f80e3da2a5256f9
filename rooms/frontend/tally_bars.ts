/** A tally as a table whose cells are bars: eyes see lengths, ears hear numbers. */
import { html, svg, type TemplateResult } from "lit";
import { t } from "@collab/text";
import { CHOICES, type Choice, type Poll, cast, percent } from "./assembly_data";

export function choiceWord(choice: Choice): string {
  return { yes: t("Pour"), no: t("Contre"), abstain: t("Abstention") }[choice];
}

export function tallyBars(poll: Poll): TemplateResult {
  return html`<table class="tally">
    <caption>
      ${turnout(poll)}
    </caption>
    <thead class="visually-hidden">
      <tr>
        <th scope="col">${t("Choix")}</th>
        <th scope="col">${t("Part")}</th>
        <th scope="col">${t("Voix")}</th>
      </tr>
    </thead>
    <tbody>
      ${CHOICES.map(
        (choice) => html`<tr class="tally-${choice}">
          <th scope="row">${choiceWord(choice)}</th>
          <td class="tally-bar">${bar(percent(poll.tally, choice))}<span class="visually-hidden">${percent(poll.tally, choice)} %</span></td>
          <td class="tally-count">${poll.tally[choice]}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** "12 votes sur 40 (30 %)" */
export function turnout(poll: Poll): string {
  const votes = cast(poll.tally);
  const part = Math.round((100 * votes) / Math.max(1, poll.roll));
  return votes === 1
    ? t("1 vote sur %(roll)s (%(part)s %)", { roll: poll.roll, part })
    : t("%(votes)s votes sur %(roll)s (%(part)s %)", { votes, roll: poll.roll, part });
}

function bar(width: number): TemplateResult {
  return html`<svg class="bar" aria-hidden="true" preserveAspectRatio="none">${svg`<rect width="${width}%" height="100%" rx="4"></rect>`}</svg>`;
}
