// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <iostream>

#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_workload.hpp"
#include "traces/workload_digest.hpp"
#include "traces/workload_file.hpp"

using namespace sumline;
using namespace sumline::test;

namespace {

struct Outcome {
  int status;
  std::string output;
};

Outcome run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  Outcome outcome{0, {}};
  std::array<char, 4096> block{};
  while (const std::size_t got = fread(block.data(), 1, block.size(), pipe))
    outcome.output.append(block.data(), got);
  outcome.status = pclose(pipe);
  return outcome;
}

constexpr const char* kScript = R"(
import h5py, sys
f = h5py.File(sys.argv[1], 'r')
text = lambda value: value.decode()
print(text(f.attrs['format']), f.attrs['format_version'], text(f.attrs['network']))
print(text(f.attrs['content_sha256']))
print(f['images/codes'].shape, f['images/labels'][:].tolist())
for name, layer in f['layers'].items():
    print(name, text(layer.attrs['kind']), layer.attrs['input'], layer.attrs['out'].tolist(), list(layer))
first = f['layers/0000']
print(first['weight_codes'].shape, first['weight_codes'][1, 0, 2].tolist(), first['scale'][:].tolist())
print(first['thresholds'][:].tolist(), first.attrs['output_step'], first['scale'].fletcher32)
)";

}  // namespace

TEST_CASE("Python's h5py reads a workload file") {
  if (run("/usr/bin/python3 -c 'import h5py'").status != 0) {
    std::cout << "SKIPPED: /usr/bin/python3 has no h5py (package python3-h5py)\n";
    return;
  }
  const TemporaryFolder folder;
  write_workload(tiny_workload(), folder.file("w.h5"));
  const Outcome outcome =
      run("/usr/bin/python3 " + folder.write("read.py", kScript) + " " + folder.file("w.h5"));
  CHECK(outcome.output ==
        "sumline workload 2 tiny\n" + content_sha256(tiny_workload()) +
            "\n(2, 1, 4, 4) [0, 2]\n"
            "0000 convolution -1 [2, 2, 2] ['offset', 'scale', 'thresholds', 'weight_codes']\n"
            "0001 max_pool 0 [2, 1, 1] []\n"
            "0002 linear 1 [3, 1, 1] ['offset', 'scale', 'weight_codes']\n"
            "(2, 1, 3, 3) [15, 0, 1] [0.5, -0.25]\n"
            "[[-500, 0, 500], [500, 0, -500]] 0.5 True\n");
}

TEST_CASE("h5dump reads a workload file") {
  if (run("h5dump --version").status != 0) {
    std::cout << "SKIPPED: h5dump is missing (package hdf5-tools)\n";
    return;
  }
  const TemporaryFolder folder;
  write_workload(tiny_workload(), folder.file("w.h5"));
  const Outcome outcome = run("h5dump -p -d /layers/0000/offset " + folder.file("w.h5"));
  CHECK(outcome.status == 0);
  CHECK_THAT(outcome.output, Catch::Contains("(0): 0, 1") && Catch::Contains("CHECKSUM FLETCHER32"));
}
