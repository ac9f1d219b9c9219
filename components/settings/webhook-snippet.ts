/** How a receiver checks that a delivery is ours. */
export const verificationSnippet = `import { Webhook } from "standardwebhooks";

app.post("/hooks", express.text({ type: "application/json" }), (request, response) => {
  const event = new Webhook(process.env.WEBHOOK_SECRET).verify(request.body, request.headers); // throws if forged
  response.sendStatus(204);
  console.log(event.type, event.data.abTest.url);
});`;
