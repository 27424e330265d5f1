// Keys, the paper viewer and the one-minute reveal. Every page works without this file; nothing here decides anything.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");

  // Queue: a current row that J and K move
  const rows = all("[data-row]");
  let at = -1;
  const goTo = (next) => {
    if (!rows.length) return;
    rows[at]?.classList.remove("at");
    at = Math.max(0, Math.min(rows.length - 1, next));
    rows[at].classList.add("at");
    rows[at].scrollIntoView({ block: "nearest" });
  };
  if (rows.length) goTo(Math.max(0, rows.findIndex((row) => row.classList.contains("at"))));
  rows.forEach((row, place) => row.addEventListener("click", (event) => { goTo(place); if (!event.target.closest("a, input, label")) $("a", row).click(); }));

  // Viewer: zoom, turn, drag
  const photo = $("#photo"), stage = $("#stage"), zoom = $("#zoom");
  const look = { scale: 1, turn: 0, x: 0, y: 0 };
  const draw = () => {
    photo.style.transform = `translate(${look.x}px, ${look.y}px) rotate(${look.turn}deg) scale(${look.scale})`;
    zoom.textContent = `${Math.round(look.scale * 100)}%`;
  };
  const views = {
    in: () => { look.scale = Math.min(8, look.scale * 1.25); },
    out: () => { look.scale = Math.max(0.25, look.scale / 1.25); },
    turn: () => { look.turn += 90; },
    fit: () => { Object.assign(look, { scale: 1, turn: 0, x: 0, y: 0 }); },
  };
  const view = (name) => { if (photo) { views[name](); draw(); } };
  all("[data-view]").forEach((button) => button.addEventListener("click", () => view(button.dataset.view)));
  if (photo) {
    stage.addEventListener("wheel", (event) => { event.preventDefault(); view(event.deltaY < 0 ? "in" : "out"); }, { passive: false });
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId);
      const from = { x: event.clientX - look.x, y: event.clientY - look.y };
      const move = (moved) => { look.x = moved.clientX - from.x; look.y = moved.clientY - from.y; draw(); };
      stage.addEventListener("pointermove", move);
      stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", move), { once: true });
    });
  }
  const papers = all("[data-paper]");
  const paperAt = papers.findIndex((paper) => paper.classList.contains("on"));

  // A revealed value is covered again after its time, by asking for the page anew
  all("[data-hides-after]").forEach((value) => {
    const counter = value.parentElement.querySelector("[data-countdown]");
    let left = Number(value.dataset.hidesAfter);
    const tick = () => {
      if (counter) counter.textContent = `${left} s`;
      if (left-- <= 0) { value.remove(); location.replace(location.pathname.replace(/\/reveal$/, "")); } else setTimeout(tick, 1000);
    };
    tick();
  });

  // Alerts, and what is on its way: looked at again while the page is open; a page that is loaded anew has them without this
  all("[data-looks-again]").forEach((shown) => setInterval(async () => {
    if (document.hidden || shown.contains(document.activeElement)) return;
    const answer = await fetch(shown.dataset.looksAgain, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) shown.innerHTML = await answer.text();
  }, 1000 * (shown.dataset.every || 10)));

  // Long work goes on while its page is open; where an answer fails, its button is left
  const goOn = async () => {
    const form = $("[data-goes-on]");
    if (!form) return;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    const place = form.dataset.goesOn, page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page && $(place, page);
    if (!next) return;
    if (!$("[data-goes-on]", next)) { location.reload(); return; }  // at its end the whole page, with what waits elsewhere
    $(place).replaceWith(next);
    goOn();
  };
  goOn();

  // What is typed is seen at once in the picture of the terminal
  all("[data-mirror]").forEach((shown) => {
    const field = $(`[name="${shown.dataset.mirror}"]`);
    field?.addEventListener("input", () => { shown.textContent = field.value; });
  });

  // Sign-in: six digits send themselves, and the code's remaining seconds count down
  const codeForm = $("[data-code-form]");
  if (codeForm) {
    const digits = $("#code", codeForm), left = $("[data-code-left]", codeForm);
    digits.addEventListener("input", () => { if (digits.value.replace(/\D/g, "").length === 6) codeForm.requestSubmit(); });
    const ends = Date.now() + Number(left.dataset.codeLeft) * 1000;
    setInterval(() => { $("b", left).textContent = ((Math.ceil((ends - Date.now()) / 1000) - 1) % 30 + 30) % 30 + 1; }, 1000);
  }

  // Once-only notice: the slip as it will be printed
  const points = $("[data-points]");
  if (points) {
    const show = () => {
      const unfit = all("[data-judged]").filter((one) => $("[value=no]", one).checked);
      points.replaceChildren(...unfit.map((one) => {
        const item = document.createElement("li"), name = document.createElement("b");
        name.textContent = `${one.dataset.name}：`;
        item.append(name, $("[data-remedy]", one).value || "……");
        return item;
      }));
      $("[data-count]").textContent = `${unfit.length} 样`;
    };
    $(".notice").addEventListener("input", show);
    show();
  }

  // Many at once: how many are ticked, all of the page, the row under the keys
  const many = $("#many");
  const boxes = all("input[form=many]"), whole = $("[data-all]");
  const tally = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (whole) { whole.checked = ticked > 0 && ticked === boxes.length; whole.indeterminate = ticked > 0 && ticked < boxes.length; }
    const said = $("[data-ticked]");
    if (said) said.textContent = ticked ? `${ticked} / ${boxes.length}` : "";
    all("[data-many]").forEach((button) => { button.disabled = !ticked; });
  };
  if (many) {
    whole?.addEventListener("change", () => { boxes.forEach((box) => { box.checked = whole.checked; }); tally(); });
    boxes.forEach((box) => box.addEventListener("change", tally));
    tally();
  }
  const tick = () => { const box = rows[at] && $("input[form=many]", rows[at]); if (!box) return false; box.checked = !box.checked; tally(); return true; };
  all("[data-prints]").forEach((button) => button.addEventListener("click", () => window.print()));

  // Dialogs and keys
  all("[data-opens]").forEach((button) => button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal()));
  all("[data-closes]").forEach((button) => button.addEventListener("click", () => button.closest("dialog").close()));
  const press = (selector) => { const target = $(selector); if (target) target.click(); return Boolean(target); };
  const sheet = $(".sheet");
  const plain = {
    "/": () => { $("#search")?.focus(); return true; },
    "?": () => press("[data-opens=all-keys]"),
    j: () => goTo(at + 1), k: () => goTo(at - 1),
    Enter: () => { if (rows[at] && document.activeElement === document.body) $("a", rows[at]).click(); else return false; },
    n: () => press("[data-key=n]"), g: () => press("[data-key=g]"), o: () => press("[data-key=o]"), e: () => press("[data-key=e]"), x: tick, t: () => press("[data-key=t]"),
    f: () => { const box = $(".narrow"); if (!box) return false; box.open = true; $("select, input:not([type=hidden])", box).focus(); return true; }, s: () => press(".ink.covered a"),
    "+": () => view("in"), "=": () => view("in"), "-": () => view("out"), r: () => view("turn"), 0: () => view("fit"),
    "[": () => papers[paperAt - 1]?.click(), "]": () => papers[paperAt + 1]?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); (sheet ? $("[data-decision]", sheet) : $("[data-decision]"))?.click(); return; }
    if (event.ctrlKey && event.key.toLowerCase() === "l") { event.preventDefault(); $("#lock")?.click(); return; }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      if (document.querySelector("dialog[open]")) return;
      if (typing(event.target) && !sheet) { event.target.blur(); return; }
      if (!press("[data-escape]") && $(".case")) location.assign("/queue");
      return;
    }
    if (typing(event.target)) return;
    const choices = sheet || $(".conclude");
    if (choices && /^[1-4]$/.test(event.key)) { all(".choice input", choices)[event.key - 1].click(); return; }
    if (/^[1-9]$/.test(event.key) && papers[event.key - 1]) { papers[event.key - 1].click(); return; }
    if (event.shiftKey && event.key === "A") { if (press("[data-many]:not(:disabled)")) event.preventDefault(); return; }
    const action = plain[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action && action() !== false) event.preventDefault();
  });
})();
