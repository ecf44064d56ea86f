#include "experiments/results/reconstructed_image.h"

#include <string>

#include "engine/core/error.h"

namespace zipml {
namespace {

struct QualityColumn {
  const char *name, *doc;
  double ImageQuality::*member;
};
constexpr QualityColumn kQualityColumns[] = {
    {"rmse", "root mean squared error over the volume, density", &ImageQuality::rmse},
    {"psnr", "peak signal to noise ratio over the volume, decibel", &ImageQuality::psnr},
    {"ssim", "structural similarity, mean over the slices", &ImageQuality::ssim},
};

std::string place(const std::string& name) { return "/tomography/" + name; }

}  // namespace

void write_image(Hdf5Writer& file, const ReconstructedImage& image) {
  file.group("/tomography");
  file.attribute("/tomography", "size", image.size);
  file.attribute("/tomography", "slices", image.slices);
  file.attribute("/tomography", "shown_slice", image.shown_slice);
  file.array(place("truth"), image.truth);
  file.array(place("back_projection"), image.back_projection);
  file.array(place("label_bytes"), image.label_bytes);
  for (const QualityColumn& column : kQualityColumns) {
    std::vector<double> values;
    for (const ImageQuality& quality : image.quality) values.push_back(quality.*column.member);
    file.array(place(column.name), values);
    file.attribute(place(column.name), "doc", std::string_view(column.doc));
    file.attribute(place("back_projection"), column.name, image.back_projection_quality.*column.member);
  }
}

ReconstructedImage read_image(const Hdf5Reader& file) {
  ReconstructedImage image;
  image.size = file.attribute_unsigned("/tomography", "size");
  image.slices = file.attribute_unsigned("/tomography", "slices");
  image.shown_slice = file.attribute_unsigned("/tomography", "shown_slice");
  image.truth = file.read<float>(place("truth"));
  image.back_projection = file.read<float>(place("back_projection"));
  image.label_bytes = file.read<std::uint64_t>(place("label_bytes"));
  image.quality.resize(image.label_bytes.size());
  bool fits = image.truth.size() == image.back_projection.size() && image.shown_slice < image.slices;
  for (const QualityColumn& column : kQualityColumns) {
    const auto values = file.read<double>(place(column.name));
    fits = fits && values.size() == image.quality.size();
    for (std::size_t i = 0; fits && i < values.size(); ++i) image.quality[i].*column.member = values[i];
    image.back_projection_quality.*column.member =
        file.attribute_number(place("back_projection"), column.name);
  }
  if (!fits) throw InputError(file.path().string() + ": the members of /tomography differ in length");
  return image;
}

}  // namespace zipml
