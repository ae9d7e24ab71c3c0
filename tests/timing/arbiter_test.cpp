// SPDX-License-Identifier: Apache-2.0
#include "components/arbiter.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "energy/error.hpp"
#include "tests/support/processes.hpp"

namespace sumline {
namespace {

using test::kNanosecond;

struct Use {
  std::uint64_t request;  ///< ns
  std::uint64_t cycles;
  std::uint64_t granted;  ///< ns
  std::uint64_t done;     ///< ns
};

/// One requester per use, ids in the order of the table; spawned in `order`.
void check(const std::vector<Use>& uses, const std::vector<std::size_t>& order) {
  SimContext context;
  Arbiter arbiter("arbiter", seconds(4e-9));
  std::vector<std::unique_ptr<Requester>> requesters;
  for (std::uint32_t id = 0; id < uses.size(); ++id) {
    requesters.push_back(std::make_unique<Requester>(id));
  }
  std::size_t served = 0;
  for (const std::size_t index : order) {
    test::at(uses[index].request * kNanosecond, [&, index] {
      const Service service = arbiter.use(*requesters[index], uses[index].cycles);
      INFO("use " << index);
      CHECK(service.start == uses[index].granted * kNanosecond);
      CHECK(service.duration == uses[index].cycles * 4 * kNanosecond);
      CHECK(now() == uses[index].done * kNanosecond);
      ++served;
    });
  }
  context.run();
  CHECK(served == uses.size());
}

TEST_CASE("an arbiter grants at the first edge after the request") {
  check({{1, 2, 4, 12}}, {0});
  check({{3, 1, 4, 8}}, {0});
}

TEST_CASE("a request at an edge waits for the next edge") {
  check({{0, 1, 4, 8}}, {0});
  check({{8, 3, 12, 24}}, {0});
}

TEST_CASE("the oldest request is served first, then the smaller id, whatever the order of processes") {
  const std::vector<Use> uses = {{2, 1, 8, 12}, {2, 2, 12, 20}, {1, 1, 4, 8}};
  check(uses, {0, 1, 2});
  check(uses, {2, 1, 0});
  check(uses, {1, 2, 0});
}

TEST_CASE(
    "a busy resource is granted anew at the edge at which it becomes free, to requests made before it") {
  const std::vector<Use> uses = {{0, 2, 4, 12}, {12, 1, 20, 24}, {11, 2, 12, 20}};
  check(uses, {0, 1, 2});
  check(uses, {1, 0, 2});
}

TEST_CASE("a resource that idles keeps to its edges") {
  check({{0, 1, 4, 8}, {21, 1, 24, 28}}, {1, 0});
}

TEST_CASE("nothing is waited for where nothing is asked") {
  SimContext context;
  Arbiter arbiter("arbiter", seconds(4e-9));
  Requester requester(0);
  bool ran = false;
  test::at(3 * kNanosecond, [&] {
    CHECK(arbiter.use(requester, 0).duration == 0);
    CHECK(now() == 3 * kNanosecond);
    ran = true;
  });
  context.run();
  CHECK(ran);
}

TEST_CASE("a resource without a cycle time is refused") {
  SimContext context;
  CHECK_THROWS_WITH(Arbiter("bus", seconds(0)),
                    Catch::Contains("bus: cycle of") && Catch::Contains("must be at least 1 fs"));
}

}  // namespace
}  // namespace sumline
