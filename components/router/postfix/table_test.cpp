// Expectations are what `postmap -q` and `postalias -q` of Postfix 3.7.11 answered.
#include "components/router/postfix/table.hpp"

#include <gtest/gtest.h>

#include <map>

namespace watershed::postfix {
namespace {

TableSource source_of(std::map<std::string, std::string, std::less<>> files) {
  return {[files](std::string_view name) -> std::optional<TableSource::File> {
    const auto found = files.find(name);
    if (found == files.end()) return std::nullopt;
    return TableSource::File{"pf/" + std::string(name), found->second};
  }};
}

Parsed<OpenedTable> open(std::string_view name, const TableSource& source = source_of({}), TableUse use = {}) {
  return open_table(name, {"pf/main.cf", 7, 1}, source, use);
}

/// The value, "-" for nothing, "!" for a lookup error.
std::string ask(const Parsed<OpenedTable>& opened, std::string_view key) {
  if (!opened) return "cannot open: " + render(opened.error());
  const Lookup found = opened->table->lookup(key);
  if (!found) return found.error().not_understood ? "?" : "!";
  return *found ? (*found)->value : "-";
}

TEST(KeyedTable, KeysValuesAndLines) {
  const auto source = source_of(
      {{"m", "# c\n   # c2\na  one\nA two\n\"x y\"@d  three\n\"plain\"  four\n  cont\n\"a\\\"b\" five\nK: colon\n"}});
  for (const char* type : {"hash", "btree", "texthash", "lmdb", "cdb", "proxy:hash"}) {
    const auto table = open(std::string(type) + ":m", source);
    EXPECT_EQ(ask(table, "a"), "one");  // the first of two wins
    EXPECT_EQ(ask(table, "A"), "one");
    EXPECT_EQ(ask(table, "\"x y\"@d"), "three");
    EXPECT_EQ(ask(table, "x y@d"), "-");
    EXPECT_EQ(ask(table, "\"plain\""), "four  cont");
    EXPECT_EQ(ask(table, "plain"), "-");
    EXPECT_EQ(ask(table, "\"a\\\"b\""), "five");
    EXPECT_EQ(ask(table, "k:"), "colon");
    ASSERT_TRUE(table.has_value());
    EXPECT_EQ((*table->table->lookup("\"PLAIN\""))->at, (SourcePosition{"pf/m", 6, 1}));
    EXPECT_EQ(table->warnings.size(), 2U);
    EXPECT_TRUE(table->table->has_fixed_keys());
  }
}

TEST(KeyedTable, FaultsNameTheirLine) {
  for (const char* text : {"good x\nkeyonly\n", "good x\n\"open quote x\n"}) {
    const auto table = open("hash:m", source_of({{"m", text}}));
    ASSERT_FALSE(table.has_value());
    EXPECT_EQ(table.error().front().at, (SourcePosition{"pf/m", 2, 1}));
  }
  EXPECT_FALSE(open("hash:m", source_of({{"m", "  lead x\n"}})).has_value());
  EXPECT_FALSE(open("hash:missing").has_value());
  EXPECT_FALSE(open("hash:m", source_of({{"m", std::string("a b\0", 4)}})).has_value());
}

TEST(KeyedTable, AliasFormat) {
  const TableUse aliases{true, true};
  const auto table =
      open("hash:aliases", source_of({{"aliases", "root:  admin, ops\n\"quoted name\": q\nUP: x:y\n"}}), aliases);
  EXPECT_EQ(ask(table, "root"), "admin, ops");
  EXPECT_EQ(ask(table, "quoted name"), "q");
  EXPECT_EQ(ask(table, "up"), "x:y");
  EXPECT_FALSE(open("hash:a", source_of({{"a", "root admin\n"}}), aliases).has_value());
  EXPECT_FALSE(open("hash:a", source_of({{"a", "root:\n"}}), aliases).has_value());
}

TEST(InlineTables, TakeTheirEntriesFromTheName) {
  const auto table = open("inline:{ {a = b c}, d=e, {\"q r\"=s}, D=again }");
  EXPECT_EQ(ask(table, "a"), "b c");
  EXPECT_EQ(ask(table, "D"), "e");
  EXPECT_EQ(ask(table, "q r"), "s");
  EXPECT_EQ(ask(table, "x"), "-");
  EXPECT_EQ(ask(open("static:{ a b }"), "any"), "a b");
  EXPECT_EQ(ask(open("static:xyz"), ""), "xyz");
  EXPECT_EQ(ask(open("fail:why"), "a"), "!");
  for (const char* name :
       {"inline:{}", "inline:{a}", "inline:a=b", "static:", "nope:x", "hash", ":x", "pipemap:{nope:x}"}) {
    EXPECT_FALSE(open(name).has_value()) << name;
  }
}

TEST(CompoundTables, PipeAndUnion) {
  EXPECT_EQ(ask(open("pipemap:{inline:{a=b},inline:{b=c}}"), "a"), "c");
  EXPECT_EQ(ask(open("pipemap:{inline:{a=b},inline:{x=c}}"), "a"), "-");
  EXPECT_EQ(ask(open("unionmap:{inline:{a=b},inline:{a=c}}"), "a"), "b,c");
  EXPECT_EQ(ask(open("unionmap:{inline:{z=b},inline:{a=c}}"), "a"), "c");
  EXPECT_TRUE(open("pipemap:{inline:{a=b},static:x}")->table->has_fixed_keys());
  EXPECT_FALSE(open("pipemap:{inline:{a=b},regexp:{{/x/ y}}}")->table->has_fixed_keys());
}

TEST(RuleTables, OrderNegationBlocksAndSubstitution) {
  const auto source = source_of({{"r",
                                  "/^(.*)@(x)$/ $2-${1}-$$-$(1)\n!/@/ nobare\nif /@y/\n/^a/i CASE\n/^b/ bb\nendif\n"
                                  "/UP/i  upper\n/\\/sl/ slash\n/(a)(b)?c/ [$1][$2]\nif !/zzz/\n!  /zz/ q\nendif\n"}});
  for (const char* type : {"regexp:r", "pcre:r"}) {
    const auto table = open(type, source);
    EXPECT_EQ(ask(table, "joe@x"), "x-joe-$-joe") << type;
    EXPECT_EQ(ask(table, "bare"), "nobare");
    EXPECT_EQ(ask(table, "a@y"), "CASE");
    EXPECT_EQ(ask(table, "A@y"), "q");
    EXPECT_EQ(ask(table, "b@y"), "bb");
    EXPECT_EQ(ask(table, "UP@z"), "upper");
    EXPECT_EQ(ask(table, "/sl@"), "slash");
    EXPECT_EQ(ask(table, "ac@"), "[a][]");
    EXPECT_EQ(ask(table, "abc@"), "[a][b]");
    EXPECT_EQ(ask(table, "zz@"), "-");
    ASSERT_TRUE(table.has_value());
    EXPECT_FALSE(table->table->has_fixed_keys());
    EXPECT_EQ((*table->table->lookup("b@y"))->at.line, 5);
  }
  EXPECT_EQ(ask(open("pcre:{{/^(?!owner-)(.*)-out@(.*)/ $1 at $2}, {/./ rest}}"), "list-out@d"), "list at d");
  // Case folding of the key happens for fixed keys only.
  EXPECT_EQ(ask(open("regexp:{{/^(.*)@/ <$1>}}"), "MiXed@d"), "<MiXed>");
}

TEST(RuleTables, FaultsNameTheirLine) {
  for (const char* text : {"/ok/ x\n/open x\n", "/ok/ x\n/a(/ x\n", "/ok/ x\n/a/q x\n", "/ok/ x\n/a/ $1\n",
                           "/ok/ x\n/(a)/ $x\n", "/ok/ x\n!/(a)/ $1\n", "/ok/ x\nendif\n", "/ok/ x\nif /a/\n",
                           "/ok/ x\nword result\n", "/ok/ x\n/(a)/ ${1\n", "/ok/ x\n/(a)/ $0\n"}) {
    for (const char* type : {"regexp:r", "pcre:r"}) {
      const auto table = open(type, source_of({{"r", text}}));
      ASSERT_FALSE(table.has_value()) << type << " " << text;
      EXPECT_EQ(table.error().front().at.line, 2) << text;
    }
  }
  // aliases(5): no substring interpolation.
  EXPECT_FALSE(open("regexp:{{/^(.*)$/ $1}}", source_of({}), {true, true}).has_value());
}

TEST(CidrTable, NetworksNegationAndBlocks) {
  const auto source =
      source_of({{"c",
                  "192.0.2.0/24 net\nif 10.1.0.0/16\n10.1.2.3 host\nendif\n[2001:db8::]/32 v6\n10.0.0.0/8 ten\n"
                  "!127.0.0.0/8 not loopback\n"}});
  const auto table = open("cidr:c", source);
  EXPECT_EQ(ask(table, "192.0.2.7"), "net");
  EXPECT_EQ(ask(table, "10.1.2.3"), "host");
  EXPECT_EQ(ask(table, "10.1.2.4"), "ten");
  EXPECT_EQ(ask(table, "2001:db8::1"), "v6");
  EXPECT_EQ(ask(table, "11.1.1.1"), "not loopback");
  EXPECT_EQ(ask(table, "127.0.0.1"), "-");
  for (const char* text : {"192.0.2.0/24 ok\n10.0.0.1/8 host bits\n", "192.0.2.0/24 ok\n10.0.0.0/33 x\n",
                           "192.0.2.0/24 ok\nname x\n", "192.0.2.0/24 ok\n10.0.0.1\n"}) {
    const auto wrong = open("cidr:c", source_of({{"c", text}}));
    ASSERT_FALSE(wrong.has_value()) << text;
    EXPECT_EQ(wrong.error().front().at.line, 2);
  }
}

TEST(Tables, OutsideAnswersAreNotUnderstood) {
  for (const char* name :
       {"ldap:/x", "mysql:/x", "tcp:h:1", "randmap:{a,b}", "unix:passwd.byname", "socketmap:inet:h:1:n"}) {
    const auto table = open(name);
    ASSERT_TRUE(table.has_value()) << name;
    EXPECT_EQ(ask(table, "a"), "?") << name;
    ASSERT_EQ(table->not_understood.size(), 1U);
    EXPECT_EQ(table->not_understood.front().at.line, 7);
  }
  EXPECT_EQ(ask(open("unix:passwd.byname", source_of({{"/etc/passwd", "joe:x:1:1::/:\n"}})), "joe"), "joe:x:1:1::/:");
}

TEST(Maps, PatternTablesGetWholeKeysOnlyAndEmptyValuesAreErrors) {
  const auto keyed = open("inline:{a=1}");
  const auto pattern = open("regexp:{{/./ any},{//}}");
  const Maps maps("m", {keyed->table, pattern->table});
  EXPECT_EQ((*maps.find("z"))->value, "any");
  EXPECT_FALSE(maps.find("z", true)->has_value());
  EXPECT_EQ((*maps.find("a", true))->value, "1");
  EXPECT_FALSE(maps.find("")->has_value());
  const Maps empty("m", {open("regexp:{{/x/}}")->table});
  EXPECT_FALSE(empty.find("x").has_value());
}

}  // namespace
}  // namespace watershed::postfix
