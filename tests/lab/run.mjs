// Runs one test of the lab in Chromium: node tests/lab/run.mjs NAME. $GCR_LAB is the folder that scripts/lab build has made.
import { Lab } from "./lab.mjs";

const subjects = ["start", "commands", "files", "views", "offline", "workshop"];

const [name] = process.argv.slice(2);
const tests = Object.assign({}, ...await Promise.all(subjects.map(subject => import(`./${subject}.mjs`))));
if (!tests[name]) {
	console.error(`no test '${name}'; there are: ${Object.keys(tests).join(" ")}`);
	process.exit(2);
}
const lab = new Lab();
try {
	await tests[name](lab);
} catch (error) {
	console.error(error);
	process.exitCode = 1;
} finally {
	await lab.end();
}
