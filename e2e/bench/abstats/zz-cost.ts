import {makeTest,judge,cellsOf,metricOf,requireSameAsReport} from "./product.ts";
import { analyze } from "#lib/abtests/analyze.ts";
const sums=(k:number,p:number)=>({k,n:k,s:k*p,nn:k,ss:k*p,ns:k*p});
for (const [id,p,isBinary] of [["score:q",.6,false],["error_rate",.02,true]] as const){
const test=makeTest(id,2,.05);
const arms=[{units:400,cell:{sums:sums(400,p),positiveUnits:400*p,isBinary,histograms:[]}},{units:400,cell:{sums:sums(400,p+.01),positiveUnits:400*(p+.01),isBinary,histograms:[]}}];
requireSameAsReport(test,arms);
for(const f of [()=>judge(test,arms),()=>analyze(test,cellsOf(metricOf(test),arms),new Date(0))]){for(let i=0;i<300;i++)f();const t=performance.now();for(let i=0;i<500;i++)f();console.log(id,((performance.now()-t)/500*1000).toFixed(1),"us")}
console.log(JSON.stringify(judge(test,arms).comparisons[0]));
}
