import { runByHand } from "./by-hand.js";
import { protobuf } from "./telemetry.js";

await runByHand(protobuf());
