// SPDX-License-Identifier: Apache-2.0
#include "nn/checkpoint.hpp"

#include <caffe2/serialize/inline_container.h>
#include <torch/serialize.h>

#include "tests/support/expect_error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;
using sumline::test::error_of;
using sumline::test::TemporaryFolder;

Network small_network(const std::string& bits = "54867") {
  Network network(load_network("lenet5"), bits);
  initialize(network, 3);
  return network;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string pickled(const at::IValue& value) {
  const std::vector<char> bytes = torch::pickle_save(value);
  return {bytes.begin(), bytes.end()};
}

/// A zip archive as torch.save writes it, around a pickle.
void write_archive(const std::string& path, const std::string& pickle) {
  caffe2::serialize::PyTorchStreamWriter writer(path);
  writer.writeRecord("data.pkl", pickle.data(), pickle.size());
  writer.writeEndOfFile();
}

}  // namespace

TEST_CASE("a saved state loads into the same bits") {
  const TemporaryFolder folder;
  const Network saved = small_network();
  save_tensors(folder.file("a.pt"), state_of(saved));
  Network loaded(load_network("lenet5"), "54867");
  load_state(loaded, load_tensors(folder.file("a.pt")), "a.pt");
  const auto before = state_of(saved);
  const auto after = state_of(loaded);
  REQUIRE(before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(before[i].tensor.equal(after[i].tensor));
}

TEST_CASE("missing, surplus and wrongly shaped tensors are listed by name") {
  Network network = small_network();
  std::vector<NamedTensor> state = state_of(network);
  for (NamedTensor& entry : state) {
    if (entry.name == "layers.0.conv.weight") entry.name = "features.0.weight";
    if (entry.name == "layers.7.linear.weight") entry.tensor = torch::zeros({10, 80});
  }
  CHECK(error_of([&] { load_state(network, state, "w.pt"); }) ==
        "w.pt: does not fit the network\n"
        "  missing: layers.0.conv.weight\n"
        "  surplus: features.0.weight\n"
        "  wrong shape: layers.7.linear.weight is [10, 80], must be [10, 84]");
}

TEST_CASE("a checkpoint of another network is refused and changes nothing") {
  const Network lenet = small_network();
  Network vgg(load_network("vgg-tiny"), "6354551");
  initialize(vgg, 1);
  const at::Tensor before = state_of(vgg)[0].tensor.clone();
  const std::string message = error_of([&] { load_state(vgg, state_of(lenet), "lenet.pt"); });
  CHECK(contains(message, "missing: layers.1.weight"));
  CHECK(contains(message, "layers.0.conv.weight is [6, 1, 5, 5], must be [64, 3, 3, 3]"));
  CHECK(state_of(vgg)[0].tensor.equal(before));
}

TEST_CASE("size buffers may be absent, half precision is widened") {
  Network network = small_network();
  std::vector<NamedTensor> state;
  for (const NamedTensor& entry : state_of(small_network())) {
    if (!contains(entry.name, "_size") && !contains(entry.name, "size_")) {
      state.push_back({entry.name, entry.tensor.to(at::kHalf)});
    }
  }
  CHECK(error_of([&] { load_state(network, state, "half.pt"); }) == "no error");
}

TEST_CASE("files that are not a dict of tensors say what they are and how to write one") {
  const TemporaryFolder folder;
  const auto load_error = [&](const std::string& bytes) {
    return error_of([&] { load_tensors(folder.write("w.pt", bytes)); });
  };
  const std::string fix = "torch.save({k: v.detach() for k, v in model.state_dict().items()}, \"FILE.pt\")";
  CHECK(contains(load_error("no zip at all"), "is not a zip-format .pt file"));
  CHECK(contains(load_error("no zip at all"), fix));
  CHECK(contains(load_error(pickled(torch::zeros({2}))), "holds a Tensor instead of a dict of tensors"));
  c10::Dict<std::string, std::string> words;
  words.insert("a", "b");
  words.insert("c", "d");
  CHECK(contains(load_error(pickled(words)), "entry \"a\" is not a tensor"));
  const std::string good = pickled(torch::zeros({2}));
  CHECK(contains(load_error(good.substr(0, good.size() / 2)), "cannot be read"));
}

TEST_CASE("weights that Python saved as OrderedDict are refused with the fix") {
  const TemporaryFolder folder;
  // OrderedDict([("a", 1), ("b", 2)]) and {"a": 1}, as Python pickles them.
  const std::string zero(1, '\0');
  const std::string a = "X\x01" + zero + zero + zero + "aK\x01";
  const std::string b = "X\x01" + zero + zero + zero + "bK\x02";
  const std::string ordered =
      "\x80\x02"
      "ccollections\nOrderedDict\n)R(" +
      a + b + "u.";
  write_archive(folder.file("ordered.pt"), ordered);
  CHECK(
      contains(error_of([&] { load_tensors(folder.file("ordered.pt")); }),
               "holds an OrderedDict, which LibTorch cannot read: write it with: torch.save({k: v.detach()"));
  write_archive(folder.file("single.pt"), "\x80\x02}" + a + "s.");
  CHECK(contains(error_of([&] { load_tensors(folder.file("single.pt")); }),
                 "holds something else than a plain dict of two or more tensors"));
}
