// gcr's tables of nftables: gcr.nft, and the elements of its sets. Also looks for tables of others that are in the way.

#include "rules.h"
#include "array.h"
#include "fd.h"
#include "net.h"
#include "program.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The file gcr.nft, in this program.
__asm__(".pushsection .rodata\n"
	"gcr_nft: .incbin \"" GCR_NFT "\"\n"
	".byte 0\n"
	".popsection\n");
extern const char gcr_nft[] __attribute__((visibility("hidden")));

// Loading gcr's tables
// -----------------------------------------------------------------------------------------------

static const char *dotted(struct net_address address)
{
	return inet_ntoa(address.address);
}

static void write_elements(FILE *file, struct net_address gateway)
{
	uint32_t last = (1U << (32 - gateway.prefix)) - 2; // before the broadcast address

	fputs("add element bridge gcr addresses {", file);
	for (uint32_t n = 2; n <= last; n++)
		fprintf(file, " \"" NET_PORT "\" . %s,", n, dotted(net_nth_address(gateway, n)));
	fputs(" }\nadd element bridge gcr cards {", file);
	for (uint32_t n = 2; n <= last; n++) {
		struct net_address address = net_nth_address(gateway, n);
		const unsigned char *byte = (const unsigned char *)&address.address;

		fprintf(file, " \"" NET_PORT "\" . 02:00:%02x:%02x:%02x:%02x,", n, byte[0], byte[1],
			byte[2], byte[3]);
	}
	fputs(" }\n", file);
}

static void write_forwarding(FILE *file, bool alone)
{
	if (alone)
		fputs("add rule ip gcr forward iifname != $br0 oifname != $br0 drop\n", file);
}

static void load_file(FILE *file)
{
	char *nft[] = { "nft", "-f", "-", NULL };

	if (fflush(file) == EOF)
		die("the rules for nft: %s", strerror(errno));
	rewind(file);
	const int standard[] = { fileno(file), -1, -1 };
	pid_t program = TRY(gcr_start_program_on(nft, standard), "nft(8) loads them");
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

// What nft lists (libnftables-json(5))
// -----------------------------------------------------------------------------------------------

// Returns all tables, without counters and elements. NULL on failure, as where nft is not installed.
static struct json_object *read_ruleset(void)
{
	char *nft[] = { "nft", "-j", "-s", "-t", "list", "ruleset", NULL };
	CLEANUP_CLOSE int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct json_object *ruleset = NULL;
	int answer[2];

	if (TELL(pipe2(answer, O_CLOEXEC), "for nft's answer") == -1)
		return NULL;
	const int standard[] = { -1, answer[1], nowhere };
	pid_t program = TELL(gcr_start_program_on(nft, standard), "which tables are there");
	close(answer[1]);
	if (program != -1)
		ruleset = json_object_from_fd(answer[0]);
	close(answer[0]);
	if (program == -1 || gcr_finish_program(program) == 0)
		return ruleset;
	json_object_put(ruleset);
	return NULL;
}

// Returns a member of an object. NULL if there is none of that name, or if it is null.
static struct json_object *member(struct json_object *object, const char *name)
{
	return json_object_object_get(object, name);
}

// Returns a text in an object; "" if there is none of that name.
static const char *text_of(struct json_object *object, const char *name)
{
	const char *text = json_object_get_string(member(object, name));

	return text ? text : "";
}

static bool has_text(struct json_object *object, const char *name, const char *text)
{
	return strcmp(text_of(object, name), text) == 0;
}

// Returns row n of a ruleset if it is of a kind, as "chain"; otherwise NULL.
static struct json_object *row_of_kind(struct json_object *rows, size_t n, const char *kind)
{
	return member(json_object_array_get_idx(rows, n), kind);
}

static struct json_object *rows_of(struct json_object *ruleset)
{
	struct json_object *rows = member(ruleset, "nftables");

	return json_object_is_type(rows, json_type_array) ? rows : NULL;
}

static size_t count_rows(struct json_object *rows)
{
	return rows ? json_object_array_length(rows) : 0;
}

// Counts gcr's own tables: 0 to 2.
static unsigned count_own_tables(struct json_object *ruleset)
{
	struct json_object *rows = rows_of(ruleset);
	unsigned count = 0;

	for (size_t n = 0; n < count_rows(rows); n++) {
		struct json_object *table = row_of_kind(rows, n, "table");
		count += has_text(table, "name", "gcr") &&
			 (has_text(table, "family", "ip") || has_text(table, "family", "bridge"));
	}
	return count;
}

// Returns the rows of gcr's tables, without handles: these change each time the tables are loaded.
static struct json_object *take_own_rows(struct json_object *ruleset)
{
	static const char *const kinds[] = { "chain", "rule", "set", "map" };
	struct json_object *rows = rows_of(ruleset), *own = json_object_new_array();

	for (size_t n = 0; n < count_rows(rows); n++)
		for (size_t i = 0; i < COUNT(kinds); i++) {
			struct json_object *row = row_of_kind(rows, n, kinds[i]);
			if (!has_text(row, "table", "gcr"))
				continue;
			json_object_object_del(row, "handle");
			json_object_array_add(own, json_object_get(row));
		}
	return own;
}

static bool have_equal_tables(struct json_object *one, struct json_object *other)
{
	struct json_object *rows = take_own_rows(one), *others = take_own_rows(other);
	bool equal = json_object_equal(rows, others);

	json_object_put(rows);
	json_object_put(others);
	return equal;
}

enum rules_loaded rules_load(const char *bridge_name, struct net_address gateway, bool alone)
{
	struct json_object *before = read_ruleset();
	FILE *file = temporary_file();

	fprintf(file, "define br0 = \"%s\"\ndefine gateway = %s\n", bridge_name, dotted(gateway));
	fprintf(file, "define subnet = %s/%u\n%s", dotted(net_nth_address(gateway, 0)),
		gateway.prefix, gcr_nft);
	write_forwarding(file, alone);
	write_elements(file, gateway);
	load_file(file);
	fclose(file);

	struct json_object *after = read_ruleset();
	enum rules_loaded result = count_own_tables(before) < 2	      ? RULES_MADE
				   : have_equal_tables(before, after) ? RULES_KEPT
								      : RULES_MENDED;
	json_object_put(before);
	json_object_put(after);
	return result;
}

static unsigned count_loaded_tables(void)
{
	struct json_object *ruleset = read_ruleset();
	unsigned count = count_own_tables(ruleset);

	json_object_put(ruleset);
	return count;
}

enum rules_state rules_state(void)
{
	if (geteuid() != 0)
		return RULES_UNKNOWN;
	return net_find_tables() == 0 ? RULES_THERE : RULES_MISSING;
}

int rules_unload(void)
{
	char *nft[] = { "nft",
		"table ip gcr; delete table ip gcr; table bridge gcr; delete table bridge gcr",
		NULL };

	if (count_loaded_tables() == 0)
		return 0;
	pid_t program = TELL(gcr_start_program(nft), "nft(8) removes them");
	if (program != -1 && gcr_finish_program(program) == 0)
		return 1;
	gcr_warn("nft could not remove gcr's tables");
	return -1;
}

// Chains of others that are in the way. A packet passes only if every base chain of a hook accepts it (nft(8)). So no rule of
// gcr's can let through what another chain drops.
// -----------------------------------------------------------------------------------------------

// Whether a rule is in this chain of row's table, or, if chain is NULL, anywhere in the table.
static bool is_rule_of(struct json_object *rule, struct json_object *row, const char *chain)
{
	return rule && has_text(rule, "family", text_of(row, "family")) &&
	       has_text(rule, "table", text_of(row, "table")) &&
	       (!chain || has_text(rule, "chain", chain));
}

static bool is_statement(struct json_object *statement, const char *name)
{
	return json_object_object_get_ex(statement, name, NULL);
}

// Whether a rule drops every packet.
static bool drops_everything(struct json_object *rule)
{
	struct json_object *statements = member(rule, "expr");
	size_t n = 0;

	if (!json_object_is_type(statements, json_type_array))
		return false;
	while (is_statement(json_object_array_get_idx(statements, n), "counter"))
		n++;
	struct json_object *first = json_object_array_get_idx(statements, n);
	return is_statement(first, "drop") || is_statement(first, "reject");
}

// Whether a rule accepts packets from the bridge (field is iifname) or to it (oifname).
static bool accepts(struct json_object *rule, const char *field, const char *bridge_name)
{
	struct json_object *statements = member(rule, "expr");
	bool matches = false, accepted = false;

	if (!json_object_is_type(statements, json_type_array))
		return false;
	for (size_t n = 0; n < json_object_array_length(statements); n++) {
		struct json_object *statement = json_object_array_get_idx(statements, n);
		struct json_object *match = member(statement, "match");
		matches |= has_text(match, "op", "==") && has_text(match, "right", bridge_name) &&
			   has_text(member(member(match, "left"), "meta"), "key", field);
		accepted |= is_statement(statement, "accept");
	}
	return matches && accepted;
}

// Whether a chain drops the packets that no earlier rule accepts.
static bool drops_the_rest(struct json_object *rows, struct json_object *chain)
{
	bool drops = has_text(chain, "policy", "drop");

	for (size_t n = 0; n < count_rows(rows); n++) {
		struct json_object *rule = row_of_kind(rows, n, "rule");
		drops |= is_rule_of(rule, chain, text_of(chain, "name")) && drops_everything(rule);
	}
	return drops;
}

// Whether the chain's table has a rule that accepts packets from the bridge, and one for packets to it.
static bool lets_through(
	struct json_object *rows, struct json_object *chain, const char *bridge_name)
{
	bool from = false, to = false;

	for (size_t n = 0; n < count_rows(rows); n++) {
		struct json_object *rule = row_of_kind(rows, n, "rule");
		if (!is_rule_of(rule, chain, NULL))
			continue;
		from |= accepts(rule, "iifname", bridge_name);
		to |= accepts(rule, "oifname", bridge_name);
	}
	return from && to;
}

// Whether nft(8) takes the name. The kernel takes other names too, from any process that may change the host's network. Such
// a name must not get into a command that a user pastes into a shell.
static bool is_plain(const char *name)
{
	return *name &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.-") ==
		       strlen(name);
}

static void print_cure(struct json_object *chain, const char *bridge_name)
{
	const char *family = text_of(chain, "family"), *table = text_of(chain, "table");
	const char *name = text_of(chain, "name");

	if (!is_plain(table) || !is_plain(name)) {
		printf("nftables: a chain with an odd name drops what containers send; see nft "
		       "list ruleset\n");
		return;
	}
	printf("nftables, table %s %s: its chain %s drops what containers send. Let it through:\n",
		family, table, name);
	if (strcmp(table, "filter") == 0 && strcmp(name, "FORWARD") == 0)
		printf("    sudo iptables -I FORWARD -i %s -j ACCEPT; sudo iptables -I FORWARD -o "
		       "%s -j ACCEPT\n",
			bridge_name, bridge_name);
	else
		printf("    sudo nft insert rule %s %s %s iifname %s accept; sudo nft insert rule "
		       "%s %s %s oifname %s accept\n",
			family, table, name, bridge_name, family, table, name, bridge_name);
}

static bool print_obstacles(struct json_object *ruleset, const char *bridge_name)
{
	struct json_object *rows = rows_of(ruleset);
	bool found = false;

	for (size_t n = 0; n < count_rows(rows); n++) {
		struct json_object *chain = row_of_kind(rows, n, "chain");
		if (!has_text(chain, "hook", "forward") ||
			(!has_text(chain, "family", "ip") && !has_text(chain, "family", "inet")) ||
			!drops_the_rest(rows, chain) || lets_through(rows, chain, bridge_name))
			continue;
		print_cure(chain, bridge_name);
		found = true;
	}
	return found;
}

bool rules_print_obstacles(const char *bridge_name)
{
	struct json_object *ruleset = read_ruleset();
	bool found = print_obstacles(ruleset, bridge_name);

	json_object_put(ruleset);
	return found;
}
