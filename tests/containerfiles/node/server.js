// A server that answers with its user, directory and environment, and ends well on SIGTERM.
const http = require("http"), os = require("os");

const server = http.createServer((request, answer) => {
	answer.end(`${os.userInfo().username} in ${process.cwd()}: ${process.env.NODE_ENV}, ${process.env.GREETING}\n`);
});

process.on("SIGTERM", () => {
	console.log("SIGTERM: finishing the requests");
	server.close(() => {
		console.log("closed");
		process.exit(0);
	});
	server.closeIdleConnections?.();
});

server.listen(3000, () => console.log("listening on port 3000"));
