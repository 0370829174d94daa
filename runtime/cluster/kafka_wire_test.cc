#include "runtime/cluster/kafka_wire.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "runtime/base/status.h"
#include "runtime/cluster/kafka_error_code.h"

namespace sluice::cluster {
namespace {

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    text.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  return text;
}

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

TEST(KafkaWireTest, FramesARequest) {
  HeartbeatRequest request;
  request.group_id = "g";
  request.generation = 7;
  request.member_id = "m";
  EXPECT_EQ(Hex(EncodeKafkaRequest(KafkaApi::kHeartbeat, 258, "c", request.Encode())),
            "00000017"  // length
            "000c0003"  // Heartbeat v3
            "00000102"
            "000163"  // correlation id, client id
            "000167"
            "00000007"
            "00016d"
            "ffff");
}

TEST(KafkaWireTest, EncodesEachRequest) {
  FindCoordinatorRequest find;
  find.group_id = "g";
  EXPECT_EQ(Hex(find.Encode()), "00016700");
  JoinGroupRequest join;
  join.group_id = "g";
  join.session_timeout_ms = 1;
  join.rebalance_timeout_ms = 2;
  join.protocol_type = "connect";
  join.protocols = {{"p", "xy"}};
  EXPECT_EQ(Hex(join.Encode()),
            "000167"
            "00000001"
            "00000002"
            "0000"
            "ffff"
            "0007636f6e6e656374"
            "00000001"
            "000170"
            "000000027879");
  SyncGroupRequest sync;
  sync.group_id = "g";
  sync.generation = 1;
  sync.member_id = "m";
  sync.assignments = {{"m", "z"}};
  EXPECT_EQ(Hex(sync.Encode()),
            "000167"
            "00000001"
            "00016d"
            "ffff"
            "00000001"
            "00016d"
            "000000017a");
  LeaveGroupRequest leave;
  leave.group_id = "g";
  leave.member_id = "m";
  EXPECT_EQ(Hex(leave.Encode()),
            "000167"
            "00000001"
            "00016d"
            "ffff");
  EXPECT_EQ(Hex(MetadataRequest().Encode()), "0000000000");
  SaslHandshakeRequest handshake;
  handshake.mechanism = "PLAIN";
  EXPECT_EQ(Hex(handshake.Encode()), "0005504c41494e");
  SaslAuthenticateRequest authenticate;
  authenticate.bytes = "t";
  EXPECT_EQ(Hex(authenticate.Encode()), "0000000174");
}

TEST(KafkaWireTest, DecodesEachResponse) {
  const auto find =
      FindCoordinatorResponse::Decode(Bytes("00000000"
                                            "0000"
                                            "ffff"
                                            "00000001"
                                            "000168"
                                            "00002384"));
  ASSERT_TRUE(find.ok()) << find.status();
  EXPECT_EQ(find->address, (HostPort{"h", 9092}));
  const auto join =
      JoinGroupResponse::Decode(Bytes("00000000"
                                      "0000"
                                      "00000003"
                                      "000170"
                                      "00016c"
                                      "00016d"
                                      "00000002"
                                      "00016d"
                                      "ffff"
                                      "0000000178"
                                      "00016e"
                                      "000169"
                                      "00000000"));
  ASSERT_TRUE(join.ok()) << join.status();
  EXPECT_EQ(join->generation, 3);
  EXPECT_EQ(join->protocol, "p");
  EXPECT_EQ(join->leader_id, "l");
  EXPECT_EQ(join->member_id, "m");
  ASSERT_EQ(join->members.size(), 2u);
  EXPECT_EQ(join->members[0].id, "m");
  EXPECT_EQ(join->members[0].metadata, "x");
  EXPECT_EQ(join->members[1].metadata, "");
  const auto sync =
      SyncGroupResponse::Decode(Bytes("00000000"
                                      "001b"
                                      "000000017a"));
  ASSERT_TRUE(sync.ok()) << sync.status();
  EXPECT_EQ(sync->error, kRebalanceInProgress);
  EXPECT_EQ(sync->assignment, "z");
  const auto beat =
      HeartbeatResponse::Decode(Bytes("00000000"
                                      "0019"));
  ASSERT_TRUE(beat.ok()) << beat.status();
  EXPECT_EQ(beat->error, kUnknownMemberId);
  const auto leave =
      LeaveGroupResponse::Decode(Bytes("00000000"
                                       "0000"
                                       "00000001"
                                       "00016d"
                                       "ffff"
                                       "0019"));
  ASSERT_TRUE(leave.ok()) << leave.status();
  EXPECT_EQ(leave->error, kUnknownMemberId);
  const auto metadata =
      MetadataResponse::Decode(Bytes("00000000"
                                     "00000001"
                                     "00000001"
                                     "0002"
                                     "3a3a"
                                     "00002384"
                                     "ffff"
                                     "ffff"
                                     "00000001"
                                     "00000000"));
  ASSERT_TRUE(metadata.ok()) << metadata.status();
  ASSERT_EQ(metadata->brokers.size(), 1u);
  EXPECT_EQ(ToString(metadata->brokers[0]), "[::]:9092");
  const auto handshake =
      SaslHandshakeResponse::Decode(Bytes("0021"
                                          "00000002"
                                          "000141"
                                          "000142"));
  ASSERT_TRUE(handshake.ok()) << handshake.status();
  EXPECT_EQ(handshake->mechanisms, (std::vector<std::string>{"A", "B"}));
  const auto authenticate =
      SaslAuthenticateResponse::Decode(Bytes("003a"
                                             "00016e"
                                             "00000000"
                                             "0000000000000e10"));
  ASSERT_TRUE(authenticate.ok()) << authenticate.status();
  EXPECT_EQ(authenticate->error_message, "n");
  EXPECT_EQ(authenticate->session_lifetime_ms, 3600);
}

struct Bad {
  const char* hex;
  const char* text;
};

TEST(KafkaWireTest, SaysWhichFieldIsWrong) {
  const Bad bad[] = {
      {"", "The JoinGroup response: field throttle_time_ms is cut off, after 0 bytes"},
      {"000000000000000000030005", "field protocol_name is cut off, after 12 bytes"},
      {"00000000"
       "0000"
       "00000003"
       "0000"
       "ffff",
       "field leader is null"},
      {"00000000"
       "0000"
       "00000003"
       "0000"
       "0000"
       "0000"
       "7fffffff",
       "field members is cut off: 2147483647 elements in 0 bytes"},
      {"00000000"
       "0000"
       "00000003"
       "0000"
       "0000"
       "0000"
       "fffffffe",
       "field members has -2 elements"},
      {"00000000"
       "0000"
       "00000003"
       "0000"
       "0000"
       "0000"
       "00000001"
       "0000"
       "ffff"
       "ffffffff",
       "field metadata has a length of -1"},
      {"00000000"
       "0000"
       "00000003"
       "0000"
       "0000"
       "0000"
       "00000000"
       "00",
       "has 1 bytes too many"}};
  for (const Bad& one : bad) {
    const auto response = JoinGroupResponse::Decode(Bytes(one.hex));
    ASSERT_FALSE(response.ok()) << one.hex;
    EXPECT_NE(Message(response.status()).find(one.text), std::string_view::npos)
        << response.status();
    EXPECT_EQ(ExceptionClass(response.status()), kConnectException);
  }
  EXPECT_FALSE(FindCoordinatorResponse::Decode(Bytes("00000000"
                                                     "0000"
                                                     "ffff"
                                                     "00000001"
                                                     "000168"
                                                     "00012384"))
                   .ok());
}

TEST(KafkaWireTest, ErrorsAreSentences) {
  EXPECT_EQ(KafkaErrorName(30), "GROUP_AUTHORIZATION_FAILED");
  EXPECT_EQ(KafkaErrorText(30, "g"),
            "Group g: this worker's principal may not use the group; give it READ on it "
            "(GROUP_AUTHORIZATION_FAILED)");
  EXPECT_EQ(KafkaErrorText(999, "g"),
            "Group g: the broker answers with a code that is not known here (error 999)");
  EXPECT_EQ(KindOf(999), KafkaErrorKind::kRefused);
}

}  // namespace
}  // namespace sluice::cluster
