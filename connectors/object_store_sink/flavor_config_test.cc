// The keys in which the connectors of S3, Google and Azure differ.
#include <gtest/gtest.h>

#include <fstream>

#include "connectors/object_store_sink/sink_config_fixture.h"

namespace sluice::object_store_sink {
namespace {

TEST(FlavorConfigTest, LocalFoldersOfEachClass) {
  EXPECT_EQ(Read({{"store.url", "file:///data"}}).local_folder, "/data");
  EXPECT_EQ(
      Read({{"store.url", "file:///data"}, {"gcs.bucket.name", "b"}}, Flavor::kGcs).local_folder,
      "/data");
  EXPECT_EQ(Read({{"store.url", "file:///data"}}, Flavor::kAzure).store.bucket, "topics");
  EXPECT_THROW(Read({}, Flavor::kAzure), sdk::ConfigException);
}

TEST(FlavorConfigTest, GoogleTakesEitherKindOfKey) {
  EXPECT_THROW(Read({{"gcs.bucket.name", "b"}}, Flavor::kGcs), sdk::ConfigException);
  const SinkConfig hmac =
      Read({{"gcs.bucket.name", "b"}, {"gcs.hmac.access.id", "i"}, {"gcs.hmac.secret", "s"}},
           Flavor::kGcs);
  EXPECT_TRUE(hmac.store.google);
  EXPECT_EQ(hmac.store.endpoint.host, "storage.googleapis.com");
  EXPECT_EQ(
      Read({{"gcs.bucket.name", "b"}, {"gcs.credentials.json", "{}"}}, Flavor::kGcs).google_key,
      "{}");
  const std::string path = testing::TempDir() + "/key.json";
  std::ofstream(path) << "{\"type\":1}";
  EXPECT_EQ(
      Read({{"gcs.bucket.name", "b"}, {"gcs.credentials.path", path}}, Flavor::kGcs).google_key,
      "{\"type\":1}");
  EXPECT_EQ(
      Validate({{"gcs.bucket.name", "b"}, {"gcs.credentials.path", "/none"}}, "GcsSinkConnector"),
      "gcs.credentials.path ");
  try {
    Read({{"gcs.bucket.name", "b"}}, Flavor::kGcs);
    ADD_FAILURE();
  } catch (const sdk::ConfigException& error) {
    EXPECT_NE(std::string(error.what()).find("Invalid value null for configuration gcs.cred"),
              std::string::npos)
        << error.what();
  }
}

sdk::ConfigText Azure(sdk::ConfigText more) {
  more.emplace("azure.datalake.gen2.account.name", "acc");
  return more;
}

TEST(FlavorConfigTest, AzureTakesOneKindOfKey) {
  const std::string prefix = "azure.datalake.gen2.";
  const SinkConfig key = Read(Azure({{prefix + "access.key", "a2V5"}}), Flavor::kAzure);
  EXPECT_EQ(key.azure.endpoint.host, "acc.blob.core.windows.net");
  EXPECT_EQ(key.azure.container, "topics");
  EXPECT_EQ(key.azure.part_size, 26214400u);
  EXPECT_EQ(key.azure_key, "a2V5");
  const SinkConfig sas = Read(Azure({{prefix + "sas.key", "?sv=1&sig=x%3D"},
                                     {prefix + "file.system", "lake"},
                                     {"store.url", "https://acc.dfs.core.chinacloudapi.cn"}}),
                              Flavor::kAzure);
  EXPECT_EQ(sas.azure.sas, "sv=1&sig=x%3D");
  EXPECT_EQ(sas.azure.container, "lake");
  EXPECT_EQ(sas.azure.endpoint.host, "acc.blob.core.chinacloudapi.cn");
  const SinkConfig principal =
      Read(Azure({{prefix + "client.id", "id"},
                  {prefix + "client.key", "secret"},
                  {prefix + "token.endpoint", "https://login.microsoftonline.com/t/oauth2/token"}}),
           Flavor::kAzure);
  EXPECT_EQ(principal.azure_identity.client_key, "secret");
  EXPECT_EQ(Read(Azure({}), Flavor::kAzure).azure_identity.client_id, "");  // the machine's
}

TEST(FlavorConfigTest, BlobStorageHasItsOwnNamesForTheKeys) {
  const sdk::ConfigText given = {{"azblob.account.name", "acc"},
                                 {"azblob.account.key", "a2V5"},
                                 {"azblob.container.name", "box"},
                                 {"azblob.block.size", "5242880"},
                                 {"azblob.retry.retries", "7"},
                                 {"azblob.retry.backoff.ms", "9"},
                                 {"azblob.retry.max.backoff.ms", "9000"},
                                 {"azblob.retry.type", "EXPONENTIAL"},
                                 {"azblob.connection.timeout.ms", "30000"},
                                 {"azblob.proxy.url", "http://proxy:3128"},
                                 {"az.compression.type", "gzip"},
                                 {"storage.class", "x"}};
  const SinkConfig config = Read(given, Flavor::kAzureBlob);
  EXPECT_EQ(config.azure.endpoint.host, "acc.blob.core.windows.net");
  EXPECT_EQ(config.azure.container + config.azure_key, "boxa2V5");
  EXPECT_EQ(config.azure.part_size, 5242880u);
  EXPECT_EQ(config.azure.retries, 7);
  EXPECT_EQ(config.azure.retry_backoff.count(), 9);
  EXPECT_EQ(config.http.proxy_url, "http://proxy:3128");
  EXPECT_TRUE(config.formats.compression.gzip);
  const SinkConfig defaults = Read(
      {{"azblob.account.name", "acc"}, {"azblob.sas.token", "?sv=1&sig=x"}}, Flavor::kAzureBlob);
  EXPECT_EQ(defaults.azure.container + defaults.azure.sas, "defaultsv=1&sig=x");
  EXPECT_EQ(defaults.azure.retry_backoff.count(), 4000);
  constexpr const char* kBlobClass = "AzureBlobStorageSinkConnector";
  EXPECT_EQ(Validate(given, kBlobClass), "");
  EXPECT_EQ(Validate({}, kBlobClass), "azblob.account.name ");
  EXPECT_EQ(Validate({{"azblob.account.name", "acc"}, {"azblob.container", "box"}}, kBlobClass),
            "azblob.container ");
  EXPECT_EQ(
      Validate({{"azblob.account.name", "acc"}, {"azblob.account.key", "no base64!"}}, kBlobClass),
      "azblob.account.key ");
}

TEST(FlavorConfigTest, WhatAzureCannotTakeIsNamedByItsKey) {
  const std::string prefix = "azure.datalake.gen2.";
  const auto validate = [](const sdk::ConfigText& given) {
    return Validate(Azure(given), "AzureDataLakeGen2SinkConnector");
  };
  EXPECT_EQ(validate({}), "");
  EXPECT_EQ(Validate({}, "AzureDataLakeGen2SinkConnector"), prefix + "account.name ");
  EXPECT_EQ(validate({{prefix + "access.key", "no base64!"}}), prefix + "access.key ");
  EXPECT_EQ(validate({{prefix + "sas.key", "hushhush"}}), prefix + "sas.key ");
  EXPECT_EQ(validate({{prefix + "client.key", "k"}}), prefix + "client.id ");
  EXPECT_EQ(validate({{prefix + "client.key", "k"}, {prefix + "client.id", "i"}}),
            prefix + "token.endpoint ");
  EXPECT_EQ(validate({{prefix + "access.key", "a2V5"}, {prefix + "sas.key", "sig=x"}}),
            prefix + "access.key ");
}

TEST(FlavorConfigTest, EachFlavorHasItsWordsForTheSame) {
  const std::pair<Flavor, std::string> flavors[] = {
      {Flavor::kS3, "s3."}, {Flavor::kGcs, "gcs."}, {Flavor::kAzure, "azure.datalake.gen2."}};
  for (const auto& [flavor, prefix] : flavors) {
    const SinkConfig config = Read({{"gcs.bucket.name", "b"},
                                    {"gcs.hmac.access.id", "i"},
                                    {"gcs.hmac.secret", "s"},
                                    {"azure.datalake.gen2.account.name", "acc"},
                                    {prefix + "part.size", "6291456"},
                                    {prefix + "part.retries", "7"},
                                    {prefix + "retry.backoff.ms", "9"},
                                    {prefix + "compression.type", "gzip"},
                                    {prefix + "compression.level", "3"},
                                    {prefix + "http.send.expect.continue", "false"},
                                    {prefix + "proxy.url", "http://p"},
                                    {prefix + "proxy.user", "u"},
                                    {prefix + "proxy.password", "w"}},
                                   flavor);
    EXPECT_EQ(config.store.part_size, 6291456u) << prefix;
    EXPECT_EQ(config.store.retries, 7) << prefix;
    EXPECT_EQ(config.store.retry_backoff.count(), 9) << prefix;
    EXPECT_TRUE(config.formats.compression.gzip) << prefix;
    EXPECT_EQ(config.formats.compression.level, 3) << prefix;
    EXPECT_FALSE(config.http.expect_continue) << prefix;
    EXPECT_EQ(config.http.proxy_url + config.http.proxy_user + config.http.proxy_password,
              "http://puw")
        << prefix;
  }
}

}  // namespace
}  // namespace sluice::object_store_sink
