#include "runtime/config/rest_users.h"

#include <cstdlib>
#include <fstream>

#include "gtest/gtest.h"
#include "runtime/base/text.h"

namespace sluice::config {
namespace {

constexpr char kClass[] =
    "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension";

class RestUsersTest : public testing::Test {
 protected:
  static std::string File(const std::string& name, const std::string& text) {
    const std::string path = StrCat(std::getenv("TEST_TMPDIR"), "/", name);
    std::ofstream(path) << text;
    return path;
  }
  static StatusOr<std::optional<RestUsers>> Read(const ConfigMap& keys,
                                                 std::string_view kafka_opts = "") {
    WorkerConfig worker;
    worker.originals = keys;
    return ReadRestUsers(worker, kafka_opts);
  }
  static std::string Error(const ConfigMap& keys, std::string_view kafka_opts = "") {
    const auto users = Read(keys, kafka_opts);
    return users.ok() ? "" : std::string(Message(users.status()));
  }
  const std::string users_ = File("users", "# comment\nalice=secret\nbob: pa=ss\n");
};

TEST_F(RestUsersTest, NobodyIsAskedByDefault) {
  EXPECT_FALSE(Read({})->has_value());
  EXPECT_FALSE(Read({{"rest.extension.classes", ""}}, "-Dx=y")->has_value());
}

TEST_F(RestUsersTest, FromOurOwnKey) {
  for (const char* name : {kClass, "BasicAuthSecurityRestExtension", "BasicAuthSecurity", ""}) {
    const auto users = Read({{"rest.extension.classes", name}, {"rest.basic.auth.file", users_}});
    ASSERT_TRUE(users.ok()) << users.status();
    EXPECT_EQ(**users, (RestUsers{{"alice", "secret"}, {"bob", "pa=ss"}})) << name;
  }
}

TEST_F(RestUsersTest, FromTheJaasFileOfKafkaOpts) {
  const std::string jaas = File("jaas.conf", StrCat(R"(
// who
KafkaClient { a.B required x="}"; };
KafkaConnect {
  /* the { file */
  org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule required
  file=")",
                                                    users_, "\";\n};\n"));
  for (const std::string& options :
       {StrCat("-Djava.security.auth.login.config=", jaas),
        StrCat("-Xmx1g -Djava.security.auth.login.config==", jaas, " -Da=b"),
        StrCat("\"-Djava.security.auth.login.config=", jaas, "\" -Da=b"),
        StrCat("-Djava.security.auth.login.config='", jaas, "'")}) {
    const auto users = Read({{"rest.extension.classes", kClass}}, options);
    ASSERT_TRUE(users.ok()) << options << users.status();
    EXPECT_EQ((*users)->size(), 2u);
  }
}

TEST_F(RestUsersTest, RefusesWhatWouldNotProtect) {
  const auto jaas = [](const std::string& name, const std::string& text) {
    return StrCat("-Djava.security.auth.login.config=", File(name, text));
  };
  const std::string module =
      "org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule";
  const struct {
    ConfigMap keys;
    std::string opts, expected;
  } cases[] = {
      {{{"rest.extension.classes", "com.example.Guard"}}, "", "Invalid value com.example.Guard"},
      {{{"rest.extension.classes", StrCat(kClass, ",x.Y")}, {"rest.basic.auth.file", users_}},
       "",
       "Take x.Y out"},
      {{{"rest.extension.classes", kClass}}, "-Xmx1g", "Set rest.basic.auth.file"},
      {{{"rest.extension.classes", kClass}},
       jaas("j1", "Other { a.B required; };"),
       "no entry KafkaConnect"},
      {{{"rest.extension.classes", kClass}},
       jaas("j2", "KafkaConnect { a.Ldap required; };"),
       "found a.Ldap"},
      {{{"rest.extension.classes", kClass}},
       jaas("j3", StrCat("KafkaConnect { ", module, " required; };")),
       "file=\"...\""},
      {{{"rest.extension.classes", kClass}},
       jaas("j4", "KafkaConnect { a.B required x="),
       "KafkaConnect"},
      {{{"rest.extension.classes", kClass}},
       "-Djava.security.auth.login.config=/no/such",
       "/no/such"},
      {{{"rest.basic.auth.file", "/no/such"}},
       "",
       "Invalid value /no/such for configuration rest.basic.auth.file: Could not read /no/such"},
      {{{"rest.basic.auth.file", File("empty", "# nobody\n")}}, "", "names no user"},
  };
  for (const auto& [keys, opts, expected] : cases) {
    EXPECT_NE(Error(keys, opts).find(expected), std::string::npos) << Error(keys, opts);
  }
}

}  // namespace
}  // namespace sluice::config
