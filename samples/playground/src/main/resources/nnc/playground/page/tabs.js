// Tabs, by mouse and by arrow keys.

const NAMES = ['runs', 'tour', 'weights'];
let now = 'runs';

export function shown() {
  return now;
}

/** @param changed is told which panel is shown */
export function mount(changed) {
  const tabs = NAMES.map((name) => document.getElementById(`tab-${name}`));
  const show = (name) => {
    now = name;
    NAMES.forEach((one, i) => {
      tabs[i].setAttribute('aria-selected', one === name);
      tabs[i].tabIndex = one === name ? 0 : -1;
      document.getElementById(`panel-${one}`).hidden = one !== name;
    });
    changed(name);
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener('click', () => show(NAMES[i]));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        const next = (i + step + NAMES.length) % NAMES.length;
        show(NAMES[next]);
        tabs[next].focus();
      }
    });
  });
}
