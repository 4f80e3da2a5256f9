/** A vote's page: its count moves while the vote is open; when its state changes, the page is asked for again. */
import { live } from "@collab/socket";
import "../style/votes.css";
import "../text_en";
import { type AssemblyPicture, type Poll, CHOICES, drawAssembly, percent } from "../assembly_data";
import { turnout } from "../tally_bars";

const page = document.querySelector<HTMLElement>("[data-poll]")!;
const assemblyId = page.dataset["assembly"];
let assembly: AssemblyPicture | null = null;

function show(): void {
  const poll = assembly?.polls.find((one) => one.id === page.dataset["poll"]);
  if (!poll) return;
  if (poll.state !== page.dataset["state"]) location.reload();
  else if (poll.state !== "draft") showTally(poll);
}

function showTally(poll: Poll): void {
  page.querySelector("[data-turnout]")!.textContent = turnout(poll);
  for (const choice of CHOICES) {
    const row = page.querySelector(`[data-choice="${choice}"]`)!;
    row.querySelector("rect")!.setAttribute("width", `${percent(poll.tally, choice)}%`);
    row.querySelector("[data-count]")!.textContent = String(poll.tally[choice]);
    row.querySelector("[data-percent]")!.textContent = `${percent(poll.tally, choice)} %`;
  }
}

if (assemblyId) {
  live.follow(`assembly:${assemblyId}`, {
    picture(data: AssemblyPicture) {
      assembly = data;
      show();
    },
    message(type, data) {
      if (assembly) assembly = drawAssembly(assembly, type, data);
      show();
    },
  });
}
