import { runByHand } from "./by-hand.js";
import { json } from "./telemetry.js";

await runByHand(json());
