/** One route of Fastify and nothing else, in a process of its own. */
import fastify from "fastify";

const app = fastify();
app.get("/", async () => ({ status: "ok" }));
const address = await app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`Bare Fastify is ready at ${address}\n`);
process.on("SIGTERM", () => void app.close());
