// From rock to motor: the chain beside the text shows the step in view, and China's bars grow as the reader comes to them. Nothing else
// depends on it: it only names what is at hand, and the style sheet draws that.
(() => {
  "use strict";
  const begin = () => {
    const steps = [...document.querySelectorAll(".cp-step")];
    const stations = [...document.querySelectorAll(".cp-station")];
    const order = steps.map((step) => step.dataset.step);
    const come = (at) => [...steps, ...stations].forEach((one) => {
      const i = order.indexOf(one.dataset.step);
      one.classList.toggle("cp-at", i === at);
      one.classList.toggle("cp-reached", i <= at);
    });
    const watch = new IntersectionObserver((seen) => {
      for (const one of seen) if (one.isIntersecting) come(steps.indexOf(one.target));
    }, { rootMargin: "-42% 0px -57% 0px" });
    steps.forEach((step) => watch.observe(step));
    come(0);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();
