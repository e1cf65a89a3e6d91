// Usage: node lighthouse.mjs CATEGORY,... CHROMIUM URL... [-- CHROMIUM-FLAG...]
// Prints a line of JSON for each address: its scores (0 to 100), the bytes as transferred, and the audits that failed.
import * as launcher from 'chrome-launcher';
import lighthouse from 'lighthouse';

const words = process.argv.slice(2);
const parting = words.indexOf('--');
const [categories, chromePath, ...addresses] = parting < 0 ? words : words.slice(0, parting);
const chromeFlags = ['--headless=new', ...(parting < 0 ? [] : words.slice(parting + 1))];

const timed = categories.split(',').includes('performance');
// Where nothing is timed, nobody waits for a page to have been quiet for seconds.
const HASTE = { pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 200, cpuQuietThresholdMs: 0 };

for (const address of addresses) {
  console.log(JSON.stringify(report(address, await look(address))));
}

// In a browser of its own. On a machine that is busy the trace of a load can be lost, which says nothing of the page.
async function look(address, tries = 3) {
  const browser = await launcher.launch({ chromePath, chromeFlags });
  try {
    const { lhr } = await lighthouse(address, {
      port: browser.port,
      logLevel: 'silent',
      onlyCategories: categories.split(','),
      disableFullPageScreenshot: true,
      ...(timed ? {} : HASTE),
    });
    if (!lhr.runtimeError || tries <= 1) return lhr;
  } finally {
    browser.kill();
  }
  return look(address, tries - 1);
}

function report(address, { categories, audits, runtimeError }) {
  const scores = Object.values(categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]);
  const weighed = Object.values(categories).flatMap(({ auditRefs }) => auditRefs.filter(({ weight }) => weight > 0));
  const failed = weighed.filter(({ id }) => audits[id].score !== null && audits[id].score < 0.9);
  return {
    address,
    scores: Object.fromEntries(scores),
    bytes: audits['total-byte-weight']?.numericValue ?? 0,
    paint: audits['first-contentful-paint']?.numericValue ?? 0,
    failed: [...new Set(failed.map(({ id }) => audits[id].title))],
    error: runtimeError?.message ?? '',
  };
}
