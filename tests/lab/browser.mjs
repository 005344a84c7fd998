// Starts a Chromium for all tests of the lab's page, and prints its address: node tests/lab/browser.mjs
import { chromium } from "../../web/node_modules/playwright-core/index.mjs";
import { chromiumOptions } from "./lab.mjs";

const browser = await chromium.launchServer(chromiumOptions);
console.log(browser.wsEndpoint());
