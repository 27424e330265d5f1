// Entry at the desk: what hangs on an answer is asked for at once, and a signature is drawn. Without this file a button asks, and paper is signed.
"use strict";
(() => {
  const form = document.querySelector("[data-entry]");
  if (form) {
    const again = form.querySelector("[data-ask-again]");
    form.addEventListener("change", (event) => { if (event.target.matches("[data-again]")) form.requestSubmit(again); });
  }
  document.querySelectorAll("[data-signs]").forEach((sheet) => {
    const kept = document.querySelector(`input[name="${sheet.dataset.signs}"]`), pen = sheet.getContext("2d");
    const mm = 10, strokes = [];
    let begun = 0, stroke = null;
    const at = (event) => {
      const box = sheet.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width * sheet.width, (event.clientY - box.top) / box.height * sheet.height];
    };
    const keep = () => { kept.value = strokes.length ? JSON.stringify({ width_mm: sheet.width / mm, height_mm: sheet.height / mm, strokes }) : ""; };
    const add = (event) => {
      const [x, y] = at(event);
      stroke.push([Math.round(x / mm * 100) / 100, Math.round(y / mm * 100) / 100, Math.round(event.timeStamp - begun)]);
      pen.lineTo(x, y);
      pen.stroke();
    };
    pen.lineWidth = 3; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#16202B";
    sheet.addEventListener("pointerdown", (event) => {
      begun = begun || event.timeStamp;
      stroke = [];
      strokes.push(stroke);
      sheet.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
      add(event);
    });
    sheet.addEventListener("pointermove", (event) => { if (stroke) add(event); });
    sheet.addEventListener("pointerup", () => { stroke = null; keep(); });
    document.querySelector(`[data-wipes="${sheet.dataset.signs}"]`)?.addEventListener("click", () => {
      strokes.length = 0; begun = 0; pen.clearRect(0, 0, sheet.width, sheet.height); keep();
    });
  });
})();
