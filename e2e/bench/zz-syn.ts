import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { startEmbedded, discardEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import { setRuntime } from "#lib/env.ts";
import { makeApiKey, makeProject } from "#lib/testing/factories.ts";
import { saveVersion } from "#lib/prompts/save-version.ts";
const f="/tmp/dbgpg/postgres";
const d = await startEmbedded({folder:f,password:"x"});
await migrate(d.url);
setRuntime({databaseUrl:d.url, secretHex:"5".repeat(64)});
const {api}=await import("#lib/http/api.ts");
const {ctx}=await makeProject();
const { authorization } = await makeApiKey(ctx);
const names = Array.from({length:100},(_,i)=>`support/answer-${i}`);
for (const name of names) await saveVersion(ctx,{name,content:{type:"text",text:"Be brief, be kind, and cite the paragraph. ".repeat(25)},labels:["production"]});
const listener = getRequestListener(api.fetch,{overrideGlobalObjects:false});
const sock=new Socket();
let ended=0;
function once(i:number){ const m=new IncomingMessage(sock); m.method="GET"; m.url=`/api/v1/prompts/${names[i%100]}?label=production`; m.rawHeaders=["host","127.0.0.1","authorization",authorization]; m.headers={host:"127.0.0.1",authorization}; 
 const out={writeHead(){return this},end(){ended++;return this},on(){},once(){},destroyed:false,writableFinished:false} as any; return listener(m,out); }
await new Promise(r=>setTimeout(r,1500));
for(const n of names) await once(names.indexOf(n));
await new Promise(r=>setTimeout(r,1500));
for(const n of names) await once(names.indexOf(n));
let best=1e9; for(let b=0;b<200;b++){const t=process.cpuUsage();const w=performance.now();for(let i=0;i<1000;i++)await once(i);const us=(performance.now()-w);const c=process.cpuUsage(t);best=Math.min(best,us);}
console.log("best us/request",best.toFixed(2), ended);
await d.stop(); await discardEmbedded(f);process.exit(0);
