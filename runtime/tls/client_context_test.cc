#include "runtime/tls/client_context.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/tls/openssl.h"

namespace sluice::tls {
namespace {

using Settings = std::map<std::string, std::string>;
using Versions = std::pair<long, long>;  // the lowest and the highest that is offered

TEST(ClientContext, OffersTheProtocolsThatAreEnabled) {
  const std::pair<Settings, Versions> cases[] = {
      {{}, {TLS1_2_VERSION, TLS1_3_VERSION}},
      {{{"ssl.enabled.protocols", ""}}, {TLS1_2_VERSION, TLS1_3_VERSION}},
      {{{"ssl.enabled.protocols", "TLSv1.3, TLSv1.2"}}, {TLS1_2_VERSION, TLS1_3_VERSION}},
      {{{"ssl.enabled.protocols", "TLSv1.2"}}, {TLS1_2_VERSION, TLS1_2_VERSION}},
      {{{"ssl.enabled.protocols", "TLSv1.3"}}, {TLS1_3_VERSION, TLS1_3_VERSION}},
      {{{"ssl.protocol", "TLSv1.2"}}, {TLS1_2_VERSION, TLS1_2_VERSION}},
      {{{"ssl.protocol", "TLSv1.3"}}, {TLS1_2_VERSION, TLS1_3_VERSION}},
      {{{"ssl.protocol", "TLSv1.2"}, {"ssl.enabled.protocols", "TLSv1.2,TLSv1.3"}},
       {TLS1_2_VERSION, TLS1_3_VERSION}}};
  for (const auto& [settings, expected] : cases) {
    std::vector<std::string> notes;
    const auto made = ClientContext::Make(settings, notes);
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(Versions(SSL_CTX_get_min_proto_version((*made)->native()),
                       SSL_CTX_get_max_proto_version((*made)->native())),
              expected);
    EXPECT_TRUE(notes.empty());
  }
}

TEST(ClientContext, ProtocolsOfOldConfigurationsAreNotedAndNotOffered) {
  std::vector<std::string> notes;
  const auto made = ClientContext::Make(
      {{"ssl.enabled.protocols", "TLSv1.2,TLSv1.1,TLSv1"}, {"ssl.protocol", "SSL"}}, notes);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(SSL_CTX_get_min_proto_version((*made)->native()), TLS1_2_VERSION);
  EXPECT_EQ(notes, (std::vector<std::string>{"ssl.enabled.protocols: TLSv1.1 is not offered",
                                             "ssl.enabled.protocols: TLSv1 is not offered"}));
}

TEST(ClientContext, NamesTheKeyOfAMistake) {
  const std::pair<Settings, const char*> cases[] = {
      {{{"ssl.enabled.protocols", "TLSv1.2,TLSv9"}},
       "Invalid value TLSv9 for configuration ssl.enabled.protocols: expected TLSv1.2"},
      {{{"ssl.enabled.protocols", "TLSv1.1"}},
       "Invalid value TLSv1.1 for configuration ssl.enabled.protocols: expected TLSv1.2"},
      {{{"ssl.protocol", "QUIC"}}, "Invalid value QUIC for configuration ssl.protocol"},
      {{{"ssl.cipher.suites", "NOPE"}}, "Invalid value NOPE for configuration ssl.cipher.suites"},
      {{{"ssl.endpoint.identification.algorithm", "perhaps"}},
       "Invalid value perhaps for configuration ssl.endpoint.identification.algorithm"}};
  for (const auto& [settings, expected] : cases) {
    std::vector<std::string> notes;
    const auto made = ClientContext::Make(settings, notes);
    ASSERT_FALSE(made.ok()) << expected;
    EXPECT_EQ(ExceptionClass(made.status()), kConfigException);
    EXPECT_NE(Message(made.status()).find(expected), std::string_view::npos) << made.status();
  }
}

}  // namespace
}  // namespace sluice::tls
