# cmake -DROOT=presets -DOUT=file.cpp -P embed_presets.cmake: writes every ROOT/<folder>/<name>.toml into one C++ table.
file(GLOB files RELATIVE ${ROOT} ${ROOT}/*/*.toml)
list(SORT files)
list(LENGTH files count)
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(folder ${file} DIRECTORY)
  get_filename_component(name ${file} NAME_WLE)
  file(READ ${ROOT}/${file} text)
  string(APPEND rows "    {\"${folder}\", \"${name}\", R\"=toml=(${text})=toml=\"},\n")
endforeach()
file(WRITE ${OUT} "// Generated from configs/presets by configs/embed_presets.cmake.
#include \"configs/presets.hpp\"

#include <array>

namespace sumline {
namespace {
constexpr std::array<Preset, ${count}> kPresets{{
${rows}}};
}  // namespace

std::span<const Preset> presets() { return kPresets; }

}  // namespace sumline
")
