private import Foundation
package import Records

/// WebDataset shards: tars at any depth, in which members that share a name up to its first dot are one sample; a source is the
/// picture of a sample (`jpg`, `jpeg`, `png`, `webp`).
///
/// datasets.toml says where the label is: in the member `cls`, or under a key of the member `json`. `method`, `identity`,
/// `donor`, `sourceVideo`, `officialSplit`, `compression` and `original` (else `family`) are read from `json` where they
/// are texts. The official split is otherwise the word that a shard's name begins with.
package enum WebDatasetReader: DatasetReader {
  package static let layout = "webdataset"
  package static let options = ["label", "one"]
  package static let requiredOptions = ["label"]
  package static let defaultInput = InputKind.face
  package static let holds = "tars of samples, each a picture (jpg, png, webp) with a label in cls or json"

  private static let pictures: Set = ["jpeg", "jpg", "png", "webp"]

  static func isLabelPlace(_ text: String) -> Bool { text.wholeMatch(of: /cls|json:.+/) != nil }

  package static func recognises(_ folder: DatasetFolder) throws(DatasetsError) -> Bool {
    try folder.files().contains { $0.hasSuffix(".tar") }
  }

  package static func scan(
    _ declaration: DatasetDeclaration, _ folder: DatasetFolder
  ) throws(DatasetsError) -> DatasetScan {
    var scan = DatasetScan(declaration)
    let place = declaration.options.label ?? "cls"
    let one = declaration.options.one.map { "; 1 = \($0.name), as datasets.toml says" } ?? ""
    scan.notes = ["labels from \(place): the words real and fake\(one)"]
    let shards = try shards(folder, below: "")
    for shard in shards {
      var reader = ShardReading(archive: shard, labelPlace: place, declaration: declaration)
      reader.read(folder, &scan)
    }
    scan.notes.append("\(shards.count) shards")
    scan.unexpected += try folder.clipsBelow("")
    return scan
  }

  private static func shards(_ folder: DatasetFolder, below path: String) throws(DatasetsError) -> [String] {
    var found = try folder.files(in: path).filter { $0.hasSuffix(".tar") }.map { DatasetFolder.join(path, $0) }
    for name in try folder.folders(in: path) { found += try shards(folder, below: DatasetFolder.join(path, name)) }
    return found
  }

  /// Reads one shard.
  private struct ShardReading {
    /// The members of one key.
    private struct Sample {
      var key: String
      var picture: TarMembers.Member?
      /// Contents of `cls` and `json`.
      var texts: [String: Data] = [:]
    }

    let archive: String
    let labelPlace: String
    let declaration: DatasetDeclaration
    private var keys = Set<String>()
    private var (withoutPicture, twice): ([String], [String]) = ([], [])
    /// Sources that are left out, by the reason.
    private var refused: [String: [String]] = [:]
    private var (empty, furtherPictures): ([String], [String]) = ([], [])

    init(archive: String, labelPlace: String, declaration: DatasetDeclaration) {
      self.archive = archive
      self.labelPlace = labelPlace
      self.declaration = declaration
    }

    mutating func read(_ folder: DatasetFolder, _ scan: inout DatasetScan) {
      var sample: Sample?
      do {
        let tar = try TarMembers(folder.absolute(archive))
        while let member = try tar.next() {
          let name = member.name.hasPrefix("./") ? String(member.name.dropFirst(2)) : member.name
          let (key, fileExtension) = Self.split(name)
          guard !Self.isHidden(key) else { continue }
          if sample?.key != key {
            if let sample { finish(sample, &scan) }
            sample = Sample(key: key)
          }
          if WebDatasetReader.pictures.contains(fileExtension) {
            if sample?.picture == nil {
              sample?.picture = TarMembers.Member(name: name, offset: member.offset, length: member.length)
            } else {
              furtherPictures.append("\(archive)/\(name)")
            }
          } else if fileExtension == "cls" || fileExtension == "json" {
            sample?.texts[fileExtension] = Data(try tar.read(member.offset, member.length))
          }
        }
        if let sample { finish(sample, &scan) }
      } catch {
        let lost = sample.map { "; the samples from '\($0.key)' on are not read" } ?? "; nothing of it is read"
        scan.fail(archive, error.message + lost)
      }
      scan.warn(withoutPicture, "a sample without a picture (jpg, png, webp); left out")
      scan.warn(twice, "a key that was met before in this shard; the first sample is taken")
      scan.warn(furtherPictures, "a second picture in its sample; only the first is taken")
      scan.fail(empty, "a picture of 0 bytes; it is left out")
      for (reason, paths) in refused.sorted(by: { $0.key < $1.key }) { scan.fail(paths, reason) }
    }

    private mutating func finish(_ sample: Sample, _ scan: inout DatasetScan) {
      guard let picture = sample.picture else {
        withoutPicture.append("\(archive)/\(sample.key)")
        return
      }
      let path = "\(archive)/\(picture.name)"
      guard keys.insert(sample.key).inserted else {
        twice.append(path)
        return
      }
      guard picture.length > 0 else {
        empty.append(path)
        return
      }
      let json = sample.texts["json"].flatMap(Self.object)
      let text: String?
      if labelPlace == "cls" {
        text = sample.texts["cls"].map {
          String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
      } else {
        text = json?[String(labelPlace.dropFirst("json:".count))]
      }
      guard let text else {
        refused["has no label in \(labelPlace); left out", default: []].append(path)
        return
      }
      let words = LabelWords(one: declaration.options.one)
      guard let label = words.label(text) else {
        refused["\(words.refusal(text)), but '\(text)'; left out", default: []].append(path)
        return
      }
      var source = declaration.source(path, label)
      source.member = ArchiveMember(archive: archive, offset: picture.offset, length: picture.length)
      describe(&source, json ?? [:])
      scan.sources.append(source)
    }

    private func describe(_ source: inout Source, _ json: [String: String]) {
      let shard = archive.split(separator: "/").last ?? ""
      source.officialSplit =
        OfficialSplit.name(json["officialSplit"] ?? json["split"] ?? "")
        ?? OfficialSplit.name(String(shard.prefix { $0.isLetter }))
      source.method = json["method"]
      source.identity = json["identity"]
      source.donor = json["donor"]
      source.sourceVideo = json["sourceVideo"]
      source.compression = json["compression"]
      source.original = json["original"] ?? json["family"]
    }

    /// Cuts a name as WebDataset does, at the first dot of its last part.
    private static func split(_ name: String) -> (key: String, fileExtension: String) {
      let base = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
      guard let dot = name[base...].firstIndex(of: ".") else { return (name, "") }
      return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
    }

    /// Whether a key is that of what macOS puts into tars, `._name`, or has no name at all.
    private static func isHidden(_ key: String) -> Bool { key.isEmpty || key.hasSuffix("/") }

    /// The texts and whole numbers of a JSON object; `nil` for what is none.
    private static func object(_ data: Data) -> [String: String]? {
      do { return try JSONDecoder().decode([String: Scalar].self, from: data).compactMapValues(\.text) } catch {
        return nil
      }
    }
  }

  /// A text or a whole number; any other value has no text, and is no fault.
  private struct Scalar: Decodable {
    var text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do { text = try container.decode(String.self) } catch {
        do { text = String(try container.decode(Int.self)) } catch { text = nil }
      }
    }
  }
}
