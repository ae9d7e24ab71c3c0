// SPDX-License-Identifier: Apache-2.0
#include "traces/atomic_file.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "traces/sha256.hpp"

using namespace sumline;
using namespace sumline::test;

TEST_CASE("A file appears only when it is committed") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.txt", "old");
  {
    AtomicFile file(path);
    file.write("new");
    CHECK(read_file(path) == "old");
    CHECK(folder.entries() == 2);
  }
  CHECK(read_file(path) == "old");
  CHECK(folder.entries() == 1);

  AtomicFile file(path);
  file.write("ne");
  file.write("w");
  file.commit();
  CHECK(read_file(path) == "new");
  CHECK(folder.entries() == 1);
}

TEST_CASE("Files larger than the buffer are written whole") {
  const TemporaryFolder folder;
  const std::string bytes(5'000'001, 'x');
  write_file(folder.file("big"), bytes);
  CHECK(read_file(folder.file("big")) == bytes);
}

TEST_CASE("A link keeps pointing to the file it names") {
  const TemporaryFolder folder;
  const std::string target = folder.write("target", "old");
  std::filesystem::create_symlink(target, folder.file("link"));
  write_file(folder.file("link"), "new");
  CHECK(read_file(target) == "new");
  CHECK(std::filesystem::is_symlink(folder.file("link")));
}

TEST_CASE("An open pipe is written in place") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  write_file("/dev/fd/" + std::to_string(ends[1]), "text");
  std::array<char, 8> got{};
  CHECK(::read(ends[0], got.data(), got.size()) == 4);
  CHECK(std::string_view(got.data()) == "text");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("A full disk is one clear error") {
  CHECK(
      error_of([] { write_file("/dev/full", "text"); }) ==
      "/dev/full: cannot be written (No space left on device): free some space and run again; what was there "
      "before is untouched");
}

TEST_CASE("A file that outgrows the space leaves nothing behind and the old one untouched") {
  const TemporaryFolder folder;
  const std::string path = folder.write("model", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{4096, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = error_of([&] { write_file(path, std::string(3'000'000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &limit);
  CHECK(message == path +
                       ": cannot be written (File too large): free some space and run again; what was there "
                       "before is untouched");
  CHECK(read_file(path) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("A path that cannot be written or read is one clear error") {
  const TemporaryFolder folder;
  const std::string path = folder.file("no/such/folder.txt");
  CHECK(error_of([&] { write_file(path, ""); }) ==
        path + ": cannot be written (No such file or directory): check the folder and its permissions");
  CHECK(error_of([&] { write_file(folder.path(), ""); }) ==
        folder.path().string() +
            ": cannot be written (Is a directory): check the folder and its permissions");
  CHECK(error_of([&] { read_file(path); }) ==
        path + ": cannot be read (No such file or directory): check the path");
  CHECK(error_of([&] { read_file(folder.path()); }) ==
        folder.path().string() + ": cannot be read (Is a directory): check the path");
}

TEST_CASE("SHA-256 agrees with the published examples") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 parts;
  parts.update("ab", 2);
  parts.update("c", 1);
  CHECK(parts.hex() == sha256("abc"));
  const TemporaryFolder folder;
  CHECK(sha256_of_file(folder.write("abc", "abc")) == sha256("abc"));
}
