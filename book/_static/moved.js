// Leads on from an address that the book gave up: the settings in it are kept, and a place on the old page is that place within the new one.
(() => {
  "use strict";
  const to = new URL(document.querySelector('meta[name="cp-moved"]').content, location.href), place = location.hash.slice(1);
  to.search = location.search;
  if (place) to.hash = to.hash ? `${to.hash}-${place}` : place;
  location.replace(to.href);
})();
