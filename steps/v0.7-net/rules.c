// gcr's tables of nftables: gcr.nft, with the elements of its sets.

#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The file, in this program.
__asm__(".pushsection .rodata\n"
	"gcr_nft: .incbin \"" GCR_NFT "\"\n"
	".byte 0\n"
	".popsection\n");
extern const char gcr_nft[] __attribute__((visibility("hidden")));

#define LIST "nft -s -t list ruleset" // all tables, without counters and elements

static const char *dotted(struct gcr_address address)
{
	return inet_ntoa(address.address);
}

static void write_elements(FILE *file, struct gcr_address gateway)
{
	uint32_t last = (1U << (32 - gateway.prefix)) - 2; // before the broadcast address

	fputs("add element bridge gcr addresses {", file);
	for (uint32_t n = 2; n <= last; n++)
		fprintf(file, " \"" NET_PORT "\" . %s,", n, dotted(net_nth(gateway, n)));
	fputs(" }\nadd element bridge gcr cards {", file);
	for (uint32_t n = 2; n <= last; n++) {
		struct gcr_address address = net_nth(gateway, n);
		const unsigned char *byte = (const unsigned char *)&address.address;

		fprintf(file, " \"" NET_PORT "\" . 02:00:%02x:%02x:%02x:%02x,", n, byte[0], byte[1],
			byte[2], byte[3]);
	}
	fputs(" }\n", file);
}

static void run_nft(FILE *file)
{
	char *nft[] = { "nft", "-f", "-", NULL };

	fflush(file);
	rewind(file);
	pid_t program = TRY(gcr_start_program_on(nft, fileno(file), -1), "nft(8) loads them");
	if (gcr_finish_program(program) != 0)
		die("nft could not load gcr's tables, see above");
}

static FILE *temporary_file(void)
{
	FILE *file = tmpfile();

	if (!file)
		die("a temporary file for nft: %s", strerror(errno));
	return file;
}

// All tables, as text. Whether gcr's are among them.
static bool list_tables(char *text, size_t size)
{
	FILE *list = popen(LIST " 2>/dev/null", "re");

	if (!list)
		die("nft: %s", strerror(errno));
	text[fread(text, 1, size - 1, list)] = '\0';
	while (fgetc(list) != EOF)
		; // or it would be killed while it writes
	return pclose(list) == 0 && strstr(text, "table ip gcr {") &&
	       strstr(text, "table bridge gcr {");
}

enum rules rules_load(const char *bridge, struct gcr_address gateway)
{
	static char before[1 << 20], after[1 << 20];
	bool there = list_tables(before, sizeof(before));
	FILE *file = temporary_file();

	fprintf(file, "define br0 = \"%s\"\ndefine gateway = %s\n", bridge, dotted(gateway));
	fprintf(file, "define subnet = %s/%u\n%s", dotted(net_nth(gateway, 0)), gateway.prefix,
		gcr_nft);
	write_elements(file, gateway);
	run_nft(file);
	fclose(file);
	if (!there)
		return RULES_MADE;
	list_tables(after, sizeof(after));
	return strcmp(before, after) == 0 ? RULES_THERE : RULES_MENDED;
}

enum rules rules_state(void)
{
	static char text[1 << 20];

	if (geteuid() != 0)
		return RULES_UNKNOWN;
	return list_tables(text, sizeof(text)) ? RULES_THERE : RULES_NONE;
}

bool rules_unload(void)
{
	static char text[1 << 20];

	list_tables(text, sizeof(text));
	if (!strstr(text, "table ip gcr {") && !strstr(text, "table bridge gcr {"))
		return false;
	FILE *file = temporary_file();
	fputs("table ip gcr\ndelete table ip gcr\ntable bridge gcr\ndelete table bridge gcr\n",
		file);
	run_nft(file);
	fclose(file);
	return true;
}

// What others drop, no rule of gcr's can let through: each base chain of the hook has a say (nft(8)).

// Where in nft's list a line is.
struct position {
	char family[16], table[64], chain[64];
	bool forward; // in a base chain of that hook, for IPv4
};

// As nft(8) takes one. The kernel takes others, too, from whoever may change the host's network: no shell is to see them.
#define NAME "[a-zA-Z0-9/_.-]"

static void move_to(struct position *now, const char *line)
{
	if (sscanf(line, "table %15[a-z0-9] %63" NAME, now->family, now->table) == 2 ||
		sscanf(line, " chain %63" NAME, now->chain) == 1)
		now->forward = false;
	else if (strstr(line, "hook forward "))
		now->forward = strcmp(now->family, "ip") == 0 || strcmp(now->family, "inet") == 0;
}

// Whether a line of a base chain drops what nothing before it has accepted.
static bool drops_the_rest(const char *line)
{
	line += strspn(line, " \t");
	if (strncmp(line, "counter ", strlen("counter ")) == 0)
		line += strlen("counter ");
	return strstr(line, "policy drop;") || strcmp(line, "drop\n") == 0 ||
	       strncmp(line, "reject", strlen("reject")) == 0;
}

static bool accepts(const char *line, const char *field, const char *bridge)
{
	char start[64];

	snprintf(start, sizeof(start), "%s \"%s\" ", field, bridge);
	return strstr(line, start) && strstr(line, "accept\n");
}

// Whether some rule of the table lets through what comes from the bridge, and another what goes there.
static bool lets_through(const char *family, const char *table, const char *bridge)
{
	char command[256], line[4096];
	bool from = false, to = false;

	snprintf(command, sizeof(command), "nft -s -t list table %s %s 2>&1", family, table);
	FILE *list = popen(command, "re");
	while (list && fgets(line, sizeof(line), list)) {
		from |= accepts(line, "iifname", bridge);
		to |= accepts(line, "oifname", bridge);
	}
	if (list)
		pclose(list);
	return from && to;
}

static void tell(const struct position *at, const char *bridge)
{
	printf("nftables, table %s %s: its chain %s drops what containers send. Let it through:\n",
		at->family, at->table, at->chain);
	if (strcmp(at->table, "filter") == 0 && strcmp(at->chain, "FORWARD") == 0)
		printf("    sudo iptables -I FORWARD -i %s -j ACCEPT; sudo iptables -I FORWARD -o "
		       "%s -j "
		       "ACCEPT\n",
			bridge, bridge);
	else
		printf("    sudo nft insert rule %s %s %s iifname %s accept; sudo nft insert rule "
		       "%s %s "
		       "%s oifname %s accept\n",
			at->family, at->table, at->chain, bridge, at->family, at->table, at->chain,
			bridge);
}

bool rules_obstacle(const char *bridge)
{
	struct position at = { 0 };
	char line[4096];
	bool found = false;
	FILE *list = popen(LIST " 2>&1", "re");

	while (list && fgets(line, sizeof(line), list)) {
		move_to(&at, line);
		if (!at.forward || !drops_the_rest(line) ||
			lets_through(at.family, at.table, bridge))
			continue;
		tell(&at, bridge);
		found = true;
	}
	if (list)
		pclose(list);
	return found;
}
