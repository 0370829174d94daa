#include "runtime/cluster/connect_protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace sluice::cluster {
namespace {

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    hex.push_back(kDigits[static_cast<unsigned char>(byte) >> 4]);
    hex.push_back(kDigits[static_cast<unsigned char>(byte) & 15]);
  }
  return hex;
}

constexpr char kUrl[] = "http://h:8083/";
// What Apache Kafka Connect 4.3.1 writes.
constexpr char kMetadata0[] = "0000000e687474703a2f2f683a383038332f0000000000000007";
constexpr char kMetadata1[] = "0001000e687474703a2f2f683a383038332f0000000000000007ffffffff";
constexpr char kMetadata2[] = "0002000e687474703a2f2f683a383038332f0000000000000007ffffffff";
constexpr char kAssignment2[] =
    "0002000000026d31000e687474703a2f2f683a383038332f0000000000000007"
    "0000000100016300000003ffffffff0000000000000001"
    "0000000100016400000002ffffffff00000000000493e0";
constexpr char kMetadata2Holding[] = "0002000e687474703a2f2f683a383038332f00000000000000070000004e";
constexpr char kAssignment0[] =
    "0000000000026d31000e687474703a2f2f683a383038332f0000000000000007"
    "0000000100016300000002ffffffff00000000";

Subscription PlainSubscription() { return {.url = kUrl, .config_offset = 7}; }

GroupAssignment FullAssignment() {
  GroupAssignment full;
  full.leader_id = "m1";
  full.leader_url = kUrl;
  full.config_offset = 7;
  full.assigned = {.connectors = {"c"}, .tasks = {{"c", 0}, {"c", 1}}};
  full.revoked = {.connectors = {"d"}, .tasks = {{"d", 0}}};
  full.delay = milliseconds(300'000);
  return full;
}

GroupAssignment EagerAssignment() {
  GroupAssignment eager = FullAssignment();
  eager.assigned.tasks.erase({"c", 1});
  eager.revoked = {};
  eager.delay = milliseconds(0);
  return eager;
}

TEST(ConnectProtocolTest, NamesAreThePeers) {
  EXPECT_EQ(ProtocolName(Protocol::kEager), "default");
  EXPECT_EQ(ParseProtocol("compatible"), Protocol::kCompatible);
  EXPECT_EQ(ParseProtocol("sessioned"), Protocol::kSessioned);
  EXPECT_EQ(ParseProtocol("eager"), std::nullopt);
}

TEST(ConnectProtocolTest, OffersTheBestFirst) {
  using enum Protocol;
  EXPECT_EQ(OfferedProtocols("eager"), std::vector({kEager}));
  EXPECT_EQ(OfferedProtocols("compatible"), std::vector({kCompatible, kEager}));
  EXPECT_EQ(OfferedProtocols("sessioned"), std::vector({kSessioned, kCompatible, kEager}));
}

TEST(ConnectProtocolTest, WritesThePeersBytes) {
  EXPECT_EQ(Hex(EncodeSubscription(Protocol::kEager, PlainSubscription())), kMetadata0);
  EXPECT_EQ(Hex(EncodeSubscription(Protocol::kCompatible, PlainSubscription())), kMetadata1);
  EXPECT_EQ(Hex(EncodeSubscription(Protocol::kSessioned, PlainSubscription())), kMetadata2);
  EXPECT_EQ(Hex(EncodeAssignment(Protocol::kSessioned, FullAssignment())), kAssignment2);
  EXPECT_EQ(Hex(EncodeAssignment(Protocol::kEager, EagerAssignment())), kAssignment0);
  Subscription holding = PlainSubscription();
  holding.allocation = FullAssignment();
  EXPECT_EQ(Hex(EncodeSubscription(Protocol::kSessioned, holding)),
            std::string(kMetadata2Holding) + kAssignment2);
}

TEST(ConnectProtocolTest, ReadsThePeersBytes) {
  for (const char* hex : {kMetadata0, kMetadata1, kMetadata2}) {
    const auto read = DecodeSubscription(Bytes(hex));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, PlainSubscription());
  }
  const auto holding = DecodeSubscription(Bytes(std::string(kMetadata2Holding) + kAssignment2));
  ASSERT_TRUE(holding.ok()) << holding.status();
  EXPECT_EQ(holding->allocation, FullAssignment());
  const auto full = DecodeAssignment(Bytes(kAssignment2));
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_EQ(*full, FullAssignment());
  const auto eager = DecodeAssignment(Bytes(kAssignment0));
  ASSERT_TRUE(eager.ok()) << eager.status();
  EXPECT_EQ(*eager, EagerAssignment());
}

TEST(ConnectProtocolTest, ErrorAndManyPartsComeBack) {
  GroupAssignment assignment = FullAssignment();
  assignment.error = AssignmentError::kConfigMismatch;
  assignment.assigned.connectors = {"a", "b", "d", "\xC3\xA4"};
  assignment.assigned.tasks = {{"a", 3}, {"c", 0}, {"c", 7}, {"d", 2147483647}, {"e", 0}};
  const auto read = DecodeAssignment(EncodeAssignment(Protocol::kCompatible, assignment));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, assignment);
}

TEST(ConnectProtocolTest, MissingFieldsAtTheEndAreNothing) {
  // The leader, its url and the offset are there; then nothing, no revoked, no delay.
  GroupAssignment without = FullAssignment();
  const std::string full = Bytes(kAssignment2);
  without.delay = milliseconds(0);
  EXPECT_EQ(DecodeAssignment(full.substr(0, full.size() - 4)).value(), without);
  without.revoked = {};
  EXPECT_EQ(DecodeAssignment(full.substr(0, full.size() - 23)).value(), without);
  without.assigned = {};
  EXPECT_EQ(DecodeAssignment(full.substr(0, 32)).value(), without);
  const std::string metadata = Bytes(kMetadata2);
  EXPECT_EQ(DecodeSubscription(metadata.substr(0, metadata.size() - 4)).value(),
            PlainSubscription());
}

TEST(ConnectProtocolTest, NullArraysAreEmpty) {
  const std::string nulls = Bytes(std::string(kAssignment2, 64) + "ffffffffffffffff0000000a");
  const auto read = DecodeAssignment(nulls);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->assigned.empty());
  EXPECT_TRUE(read->revoked.empty());
  EXPECT_EQ(read->delay, milliseconds(10));
}

TEST(ConnectProtocolTest, ALaterVersionIsReadAsTheNewest) {
  std::string later = Bytes(kAssignment2) + "what a later version adds";
  later[1] = 9;
  EXPECT_EQ(DecodeAssignment(later).value(), FullAssignment());
  std::string metadata = Bytes(kMetadata2) + "what a later version adds";
  metadata[1] = 9;
  EXPECT_EQ(DecodeSubscription(metadata).value(), PlainSubscription());
}

TEST(ConnectProtocolTest, OurOwnFieldsStandBehindThePeers) {
  for (const Protocol protocol : OfferedProtocols("sessioned")) {
    Subscription ours = PlainSubscription();
    const std::string peers = EncodeSubscription(protocol, ours);
    ours.cannot_run = {"c", "\xC3\xA4", ""};
    const std::string bytes = EncodeSubscription(protocol, ours);
    EXPECT_TRUE(bytes.starts_with(peers));
    const auto read = DecodeSubscription(bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, ours);
    // A later Sluice may add to them.
    EXPECT_EQ(DecodeSubscription(bytes + "more").value(), ours);
    EXPECT_FALSE(DecodeSubscription(bytes.substr(0, bytes.size() - 1)).ok());
  }
}

// Every prefix is either read (fields are missing at its end) or refused with a field's name.
TEST(ConnectProtocolTest, CutOffBytesAreRefusedByName) {
  const std::string full = Bytes(kAssignment2);
  std::vector<size_t> taken;
  for (size_t size = 0; size < full.size(); ++size) {
    const auto read = DecodeAssignment(std::string_view(full).substr(0, size));
    if (read.ok()) {
      taken.push_back(size);
    } else {
      EXPECT_TRUE(Message(read.status()).starts_with("the assignment: ")) << read.status();
    }
  }
  EXPECT_EQ(taken, std::vector<size_t>({32, 55, 74}));
  EXPECT_EQ(Message(DecodeAssignment(std::string_view(full).substr(0, 20)).status()),
            "the assignment: leader-url is cut off: 14 bytes expected, 10 found");
  EXPECT_EQ(Message(DecodeSubscription("").status()),
            "the subscription: version is cut off: 2 bytes expected, 0 found");
}

TEST(ConnectProtocolTest, NumbersOutOfRangeAreRefused) {
  const std::string head(kAssignment2, 64);  // up to the arrays
  for (const std::string& hex : {
           std::string("ffff") + (kAssignment2 + 4),             // version -1
           std::string("00020007") + (kAssignment2 + 8),         // error 7
           std::string("00020000ffff"),                          // a string of -1 bytes
           head + "fffffffe",                                    // -2 connectors
           head + "7fffffff000163",                              // more connectors than bytes
           head + "0000000100016300000001fffffffe",              // task -2
           head + "00000001000163ffffffff00000000ffffffff",      // null tasks
           head + "00000001000163000000ff00000000000000000000",  // more tasks than bytes
       }) {
    const auto read = DecodeAssignment(Bytes(hex));
    EXPECT_FALSE(read.ok()) << hex;
    EXPECT_EQ(ExceptionClass(read.status()), kConnectException);
  }
  EXPECT_FALSE(DecodeSubscription(Bytes("0002000000000000000000"
                                        "07fffffffe"))
                   .ok());
  EXPECT_FALSE(DecodeAssignment(Bytes(std::string(kAssignment0, 64) + "ffffffff")).ok());
}

TEST(ConnectProtocolTest, ADelayIsNoLessThanNothing) {
  GroupAssignment assignment = FullAssignment();
  assignment.delay = milliseconds(-5);
  EXPECT_EQ(DecodeAssignment(EncodeAssignment(Protocol::kSessioned, assignment))->delay,
            milliseconds(0));
  assignment.delay = milliseconds(int64_t{1} << 40);
  EXPECT_EQ(DecodeAssignment(EncodeAssignment(Protocol::kSessioned, assignment))->delay,
            milliseconds(2147483647));
  EXPECT_EQ(DecodeAssignment(Bytes(std::string(kAssignment2, sizeof kAssignment2 - 9) + "ffffffff"))
                ->delay,
            milliseconds(0));
}

TEST(ConnectProtocolTest, ANameThatNobodyCouldReadIsLeftOut) {
  GroupAssignment assignment = FullAssignment();
  const std::string name(32'768, 'x');
  assignment.assigned.connectors.insert(name);
  assignment.assigned.tasks.insert({name, 0});
  EXPECT_EQ(DecodeAssignment(EncodeAssignment(Protocol::kSessioned, assignment)).value(),
            FullAssignment());
}

}  // namespace
}  // namespace sluice::cluster
