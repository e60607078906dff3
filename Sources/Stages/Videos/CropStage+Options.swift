package import Engine
internal import Faces
package import Records

/// An option's value, or the word that leaves it to the preset.
package enum PresetOr<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
  case preset
  case value(Value)

  static var word: String { "preset" }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = (try? container.decode(String.self)) == Self.word ? .preset : .value(try container.decode(Value.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .preset: try container.encode(Self.word)
    case .value(let value): try container.encode(value)
    }
  }

  var value: Value? { if case .value(let value) = self { value } else { nil } }
}

/// Side of a crop as an option.
package enum CropSize: Codable, Hashable, Sendable {
  case native
  case pixels(Int)

  static let word = "native"

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = (try? container.decode(String.self)) == Self.word ? .native : .pixels(try container.decode(Int.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .native: try container.encode(Self.word)
    case .pixels(let count): try container.encode(count)
    }
  }
}

extension CropStage {
  package struct Options: StageOptions {
    package var preset = CropPreset.standard
    package var align = PresetOr<String>.preset
    package var margin = PresetOr<Double>.preset
    package var size = PresetOr<CropSize>.preset
    package var padding = PresetOr<CropCut.Padding>.preset
    package var interpolation = PresetOr<CropCut.Resampling>.preset
    package var format = PresetOr<String>.preset
    package var quality = PresetOr<Int>.preset
    package var chroma = PresetOr<Int>.preset
    package var faces = "largest"
    package var atMost = 2
    package var differenceMasks = false
    package init() {}

    package enum CodingKeys: String, CodingKey {
      case preset, align, margin, size, padding, interpolation, format, quality, chroma, faces
      case atMost = "at-most"
      case differenceMasks = "difference-masks"
    }

    package static let fields = [
      OptionField(
        "preset", .choice(CropPreset.names), "The way of cutting that the other options change; see crops.md."),
      OptionField(
        "align", orPreset(.choice(["none", "similarity"])),
        "`similarity` lays five landmarks on ArcFace's template (faces without them go: `no-landmarks`); `none` cuts the upright square."
      ),
      OptionField("margin", orPreset(.number(1...4)), "Side of what is cut over the side of the face box."),
      OptionField(
        "size", orPreset(.either(.integer(16...2048), word: CropSize.word)),
        "Side of the crop, pixels; `native` keeps the frame's own pixels."),
      OptionField(
        "padding", orPreset(.choice(CropCut.Padding.allCases.map(\.rawValue))),
        "What stands where the frame has no pixels."),
      OptionField(
        "interpolation", orPreset(.choice(CropCut.Resampling.allCases.map(\.rawValue))),
        "How pixels are made of others; `area-cubic` averages to reduce and is cubic to enlarge."),
      OptionField("format", orPreset(.choice(["jpeg", "png"])), "How the crop is compressed, once."),
      OptionField("quality", orPreset(.integer(1...100)), "JPEG quality; 95 where the preset has PNG."),
      OptionField(
        "chroma", orPreset(.integer(420...444)), "JPEG chroma sampling: 444, 422 or 420; 444 where the preset has PNG."),
      OptionField(
        "faces", .choice(FaceChoice.names),
        "Which faces are cut out: of every frame the largest, all, or the largest `at-most` so many; of every source the one seen in most frames; or the one that meets the manipulation's mask."
      ),
      OptionField("at-most", .integer(1...100), "Faces of a frame, under `faces: at-most`."),
      OptionField(
        "difference-masks", .bool,
        "A fake's crop goes with `mask.png`, 255 (1 - SSIM) against its original's crop; wants `detect: {boxes-from: original}`, and says which crops got none (`no-difference-mask`)."
      ),
    ]

    private static func orPreset(_ kind: OptionField.Kind) -> OptionField.Kind { .either(kind, word: "preset") }

    /// The preset with these options laid over it.
    ///
    /// - Throws: ``ToolError`` `badConfiguration` for options that contradict each other.
    func cut() throws -> CropCut {
      guard var cut = CropPreset.named(preset)?.cut else { throw InternalFault("no crop preset '\(preset)'") }
      if let align = align.value {
        if align == "similarity" {
          cut.geometry = .similarity
        } else if cut.geometry == .similarity {
          cut.geometry = .square
        }
      }
      if let margin = margin.value {
        guard cut.geometry != .frame else { throw Self.refused("`margin` means nothing for a whole frame") }
        cut.margin = margin
      }
      switch size.value {
      case nil: break
      case .native: cut.sizePixels = nil
      case .pixels(let count): cut.sizePixels = count
      }
      guard cut.geometry != .similarity || cut.sizePixels != nil else {
        throw Self.refused("aligned crops have no native size: give `size`")
      }
      if let padding = padding.value { cut.padding = padding }
      if let interpolation = interpolation.value { cut.resampling = interpolation }
      cut.encoding = try encoding(cut.encoding)
      return cut
    }

    func choice() throws -> FaceChoice {
      guard let choice = FaceChoice(name: faces, limit: atMost) else { throw InternalFault("no choice '\(faces)'") }
      return choice
    }

    private func encoding(_ preset: ImageEncoding) throws -> ImageEncoding {
      var (isJPEG, quality, chroma) = (false, 95, 444)
      if case .jpeg(let presetQuality, let presetChroma) = preset {
        (isJPEG, quality, chroma) = (true, presetQuality, presetChroma)
      }
      if let format = format.value { isJPEG = format == "jpeg" }
      guard isJPEG else {
        guard self.quality.value == nil, self.chroma.value == nil else {
          throw Self.refused("`quality` and `chroma` are of JPEG, and the crops are PNG: give `format: jpeg`")
        }
        return .png
      }
      chroma = self.chroma.value ?? chroma
      guard [444, 422, 420].contains(chroma) else { throw Self.refused("chroma is 444, 422 or 420") }
      return .jpeg(quality: self.quality.value ?? quality, chroma: chroma)
    }

    private static func refused(_ reason: String) -> ToolError { ToolError(.badConfiguration, reason) }
  }
}
