// The signatures are those of Microsoft's Python client (azure-storage-blob 12.31.1) for the same
// calls.
#include "connectors/object_store_sink/azure_signature.h"

#include <gtest/gtest.h>

namespace sluice::object_store_sink {
namespace {

constexpr const char* kKey = "a2V5";

std::string Sign(const AzureToSign& what, Headers headers) {
  headers.emplace_back("x-ms-date", HttpDate(0));
  headers.emplace_back("x-ms-version", "2021-12-02");
  AzureSign("myaccount", kKey, what, headers);
  EXPECT_EQ(headers.back().first, "Authorization");
  return headers.back().second;
}

TEST(AzureSignatureTest, AsMicrosoftsClientSigns) {
  EXPECT_EQ(Sign({.method = "PUT", .path = "/cont/t/a%2B0%2B0.json", .body_size = 5},
                 {{"x-ms-blob-type", "BlockBlob"},
                  {"x-ms-meta-last_offset", "7"},
                  {"If-None-Match", "*"}}),
            "SharedKey myaccount:OzJPujEmODK5pgaHVTfdrWsLaV4R21EPMSF/etuStjE=");
  EXPECT_EQ(
      Sign({.method = "PUT", .path = "/cont/a", .query = {{"comp", "block"}, {"blockid", "YWJj="}}},
           {}),
      "SharedKey myaccount:kUQqdbBCKwtxDHIk2C4JbeXFfyzxUSvaGT5sQfFLnFQ=");
}

// The emulator's, whose path names the account.
TEST(AzureSignatureTest, AccountInThePath) {
  EXPECT_EQ(
      Sign({.method = "HEAD", .path = "/myaccount/cont", .query = {{"restype", "container"}}}, {}),
      "SharedKey myaccount:bS3TDuxt50Y7ZJoeEaMXB91RlqRQ+dLNVQuDQNYTxrk=");
}

TEST(AzureSignatureTest, Dates) {
  EXPECT_EQ(HttpDate(1709209800), "Thu, 29 Feb 2024 12:30:00 GMT");
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace sluice::object_store_sink
