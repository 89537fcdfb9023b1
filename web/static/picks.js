// "All" ticks every box of the list; without script each is ticked by hand.
(() => {
  "use strict";
  const list = document.querySelector("[data-picks]");
  const all = document.querySelector("[data-pick-all]");
  if (!list || !all) return;
  const switchOf = all.querySelector("input");
  const boxes = () => [...list.querySelectorAll("input[type=checkbox]")];
  const show = () => {
    const on = boxes().filter((box) => box.checked).length;
    switchOf.checked = on === boxes().length;
    switchOf.indeterminate = on > 0 && on < boxes().length;
  };
  all.hidden = false;
  switchOf.addEventListener("change", () => {
    for (const box of boxes()) box.checked = switchOf.checked;
  });
  list.addEventListener("change", show);
  show();
})();
