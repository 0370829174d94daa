// Uploads to a server that is a script: what is asked of it, how often, and what comes of its
// answers. With a real one: tests/connectors/test_azure_sink.py.
#include "connectors/object_store_sink/azure_store.h"

#include <gtest/gtest.h>

#include "connectors/object_store_sink/fake_http.h"
#include "connectors/object_store_sink/store_error.h"

namespace sluice::object_store_sink {
namespace {

using std::chrono::milliseconds;

const HttpResponse kCreated{201, {}, ""};

// Counts how often a token was thrown away.
class FakeTokens : public CredentialsProvider {
 public:
  explicit FakeTokens(int& forgotten) : forgotten_(forgotten) {}
  const Credentials& Get() override {
    known_.bearer = "token-" + std::to_string(forgotten_);
    return known_;
  }
  void Forget() override { ++forgotten_; }

 private:
  int& forgotten_;
  Credentials known_;
};

class AzureStoreTest : public testing::Test {
 protected:
  AzureStoreTest() {
    options_.endpoint = ParseEndpoint("store.url", "http://blob:10000/acc");
    options_.account = "acc";
    options_.container = "files";
    options_.part_size = 5;
    options_.retries = 2;
    options_.retry_backoff = milliseconds(0);
  }
  AzureStore& store() {
    if (credentials_ == nullptr) credentials_ = StaticCredentials({"acc", "c2VjcmV0"});
    if (!store_) {
      store_.emplace(
          options_, std::make_unique<FakeTransport>(script_), std::move(credentials_),
          [] { return int64_t{0}; }, stop_);
    }
    return *store_;
  }
  StoreErrorKind KindOfFinish(Upload& upload, const FinishOptions& options = {}) {
    try {
      upload.Finish(options);
    } catch (const StoreError& error) {
      EXPECT_EQ(std::string(error.what()).find("c2VjcmV0"), std::string::npos);
      EXPECT_EQ(std::string(error.what()).find("sig="), std::string::npos);
      return error.kind();
    }
    throw std::runtime_error("it was finished");
  }
  std::unique_ptr<Upload> Begin(std::string_view bytes) {
    auto upload = store().Begin("t/a+0.json");
    upload->Append(bytes);
    return upload;
  }
  static std::string ParameterOf(const std::string& line, const std::string& name) {
    const size_t at = line.find(name + "=") + name.size() + 1;
    return line.substr(at, line.find('&', at) - at);
  }

  AzureOptions options_;
  Script script_;
  shared::StopSignal stop_;
  std::unique_ptr<CredentialsProvider> credentials_;
  std::optional<AzureStore> store_;
};

TEST_F(AzureStoreTest, ASmallFileIsOneCall) {
  const auto upload = Begin("hello");
  upload->Send();
  EXPECT_TRUE(script_.seen.empty());
  upload->Finish({.only_if_absent = true, .metadata = {{"sluice-last-offset", "7"}}});
  upload->Finish({});  // finished stays finished
  ASSERT_EQ(script_.Lines(), "PUT http://blob:10000/acc/files/t/a%2B0.json\n");
  EXPECT_EQ(script_.seen[0].body, "hello");
  EXPECT_EQ(script_.seen[0].Header("x-ms-blob-type"), "BlockBlob");
  EXPECT_EQ(script_.seen[0].Header("If-None-Match"), "*");
  EXPECT_EQ(script_.seen[0].Header("x-ms-meta-sluice_last_offset"), "7");
  EXPECT_TRUE(script_.seen[0].Header("Authorization").starts_with("SharedKey acc:"));
}

TEST_F(AzureStoreTest, ALargeFileAppearsByItsListOfBlocks) {
  const auto upload = Begin("0123456789ab");
  upload->Send();
  EXPECT_EQ(script_.seen.size(), 2u);
  upload->Append("cdef");
  upload->Finish({.only_if_absent = true, .metadata = {{"sluice-last-offset", "7"}}});
  ASSERT_EQ(script_.seen.size(), 5u);
  std::string bytes, list;
  for (int i = 0; i < 4; ++i) {
    const Seen& one = script_.seen[static_cast<size_t>(i)];
    EXPECT_TRUE(one.line.starts_with("PUT http://blob:10000/acc/files/t/a%2B0.json?blockid="));
    EXPECT_EQ(ParameterOf(one.line, "comp"), "block");
    EXPECT_EQ(one.Header("If-None-Match"), "");
    bytes += one.body;
  }
  EXPECT_EQ(bytes, "0123456789abcdef");
  const Seen& last = script_.seen[4];
  EXPECT_EQ(last.line, "PUT http://blob:10000/acc/files/t/a%2B0.json?comp=blocklist");
  EXPECT_EQ(last.Header("If-None-Match"), "*");
  EXPECT_EQ(last.Header("x-ms-meta-sluice_last_offset"), "7");
  size_t at = 0;
  for (int i = 0; i < 4; ++i) {  // in their order
    std::string id = ParameterOf(script_.seen[static_cast<size_t>(i)].line, "blockid");
    for (size_t from; (from = id.find("%3D")) != std::string::npos;) id.replace(from, 3, "=");
    at = last.body.find("<Latest>" + id + "</Latest>", at);
    ASSERT_NE(at, std::string::npos) << last.body;
  }
}

// Else a writer that should be dead would put its bytes in place of ours.
TEST_F(AzureStoreTest, TwoWritersOfANameHaveBlocksOfTheirOwnAndOneLength) {
  const auto one = Begin("0123456789"), two = Begin("0123456789");
  one->Send();
  two->Send();
  const std::string first = ParameterOf(script_.seen[0].line, "blockid");
  const std::string second = ParameterOf(script_.seen[1].line, "blockid");
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), second.size());
}

TEST_F(AzureStoreTest, WhatMayPassIsTriedAgain) {
  script_.answers = {Error(503, "ServerBusy"), kBroken};
  Begin("abc")->Finish({});
  ASSERT_EQ(script_.seen.size(), 3u);
  EXPECT_EQ(script_.seen[2].body, "abc");
}

TEST_F(AzureStoreTest, RetriesEndAndTheUploadMayBeTriedAgainLater) {
  script_.answers = {kCreated, kBroken, kBroken, kBroken};
  const auto upload = Begin("0123456789ab");
  EXPECT_THROW(upload->Send(), StoreError);
  EXPECT_EQ(upload->buffered(), 7u);  // the first block is there, the second is not
  upload->Finish({});
  EXPECT_EQ(script_.seen[4].body, "56789");
  EXPECT_EQ(script_.seen[4].line, script_.seen[3].line);  // under the same id
  EXPECT_EQ(ParameterOf(script_.seen.back().line, "comp"), "blocklist");
}

TEST_F(AzureStoreTest, WhatCannotPassIsNotTriedAgain) {
  for (const auto& [status, code] :
       {std::pair{403, "AuthorizationFailure"}, std::pair{404, "ContainerNotFound"}}) {
    script_.seen.clear();
    script_.answers = {Error(status, code)};
    EXPECT_EQ(KindOfFinish(*Begin("abc")), StoreErrorKind::kFatal) << code;
    EXPECT_EQ(script_.seen.size(), 1u);
  }
}

TEST_F(AzureStoreTest, AFileThatIsThereIsToldApart) {
  script_.answers = {Error(409, "BlobAlreadyExists")};
  const auto upload = Begin("abc");
  EXPECT_EQ(KindOfFinish(*upload, {.only_if_absent = true}), StoreErrorKind::kExists);
  upload->Finish({});
  EXPECT_EQ(script_.seen.back().Header("If-None-Match"), "");
}

TEST_F(AzureStoreTest, BlocksThatAnotherWriterHasMadeVoid) {
  const auto upload = Begin("0123456789");
  script_.answers = {kCreated, kCreated, Error(400, "InvalidBlockList")};
  EXPECT_EQ(KindOfFinish(*upload), StoreErrorKind::kGone);
}

TEST_F(AzureStoreTest, WhatIsGivenUpNeedsNoCall) {
  Begin("0123456789")->Send();
  EXPECT_EQ(script_.seen.size(), 1u);
}

TEST_F(AzureStoreTest, AStopEndsTheRetries) {
  options_.retry_backoff = milliseconds(3'600'000);
  script_.answers = {kBroken, kBroken};
  stop_.Request();
  EXPECT_EQ(KindOfFinish(*Begin("abc")), StoreErrorKind::kTransient);
  EXPECT_EQ(script_.seen.size(), 1u);
}

TEST_F(AzureStoreTest, MetadataComesBack) {
  script_.answers = {
      HttpResponse{200, {{"content-length", "12"}, {"x-ms-meta-sluice_last_offset", "7"}}, ""},
      HttpResponse{404, {}, ""}};
  const std::optional<ObjectInfo> there = store().Look("a");
  ASSERT_TRUE(there);
  EXPECT_EQ(there->size, 12u);
  EXPECT_EQ(there->metadata, (Metadata{{"sluice-last-offset", "7"}}));
  EXPECT_FALSE(store().Look("a"));
}

TEST_F(AzureStoreTest, ASasIsInTheUrlAndNothingIsSigned) {
  options_.sas = "sv=2021&sig=c2VjcmV0";
  Begin("0123456789")->Finish({});
  for (const Seen& one : script_.seen) {
    EXPECT_TRUE(one.line.ends_with("&sv=2021&sig=c2VjcmV0")) << one.line;
    EXPECT_EQ(one.Header("Authorization"), "");
  }
}

TEST_F(AzureStoreTest, ATokenThatIsRefusedIsReplacedOnce) {
  int forgotten = 0;
  credentials_ = std::make_unique<FakeTokens>(forgotten);
  script_.answers = {Error(401, "InvalidAuthenticationInfo")};
  Begin("abc")->Finish({});
  EXPECT_EQ(script_.seen.back().Header("Authorization"), "Bearer token-1");
  script_.answers = {Error(401, "InvalidAuthenticationInfo"),
                     Error(401, "InvalidAuthenticationInfo")};
  EXPECT_EQ(KindOfFinish(*Begin("abc")), StoreErrorKind::kFatal);
}

TEST_F(AzureStoreTest, AContainerThatIsNotThere) {
  script_.answers = {HttpResponse{404, {}, ""}, HttpResponse{403, {}, ""},
                     HttpResponse{403, {{"x-ms-error-code", "AuthenticationFailed"}}, ""}};
  EXPECT_THROW(store().Check(), StoreError);
  EXPECT_EQ(script_.seen[0].line, "HEAD http://blob:10000/acc/files?restype=container");
  EXPECT_NO_THROW(store().Check());  // it may still be written to
  EXPECT_THROW(store().Check(), StoreError);
}

TEST_F(AzureStoreTest, WhereAFileIs) { EXPECT_EQ(store().Locate("t/a"), "abfs://files@acc/t/a"); }

}  // namespace
}  // namespace sluice::object_store_sink
