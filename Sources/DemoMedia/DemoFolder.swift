import Foundation
import Records

/// The DFDC folder that the demo runs on: who is in which video, and the files that say so.
struct DemoFolder {
  /// One video.
  struct Entry: Sendable {
    var file: String
    var part: Int
    /// Index into ``Cast/people``.
    var person: Int
    /// `nil` for a real video.
    var forgery: Forgery?
    /// Index into ``Cast/people``, for a swap.
    var donor: Int?
    /// File of the real video, for a fake.
    var original: String?
  }

  static let parts = 2
  private static let recordName = "demo-recipe.json"

  let entries: [Entry]

  init() {
    let people = Cast.people
    // Every person gives their face to one other: the next one in a shuffled round.
    var round = Array(people.indices)
    var random = KeyedRandom(seed: UInt64(Cast.recipeVersion), key: "donors", stage: "demo-media")
    random.shuffle(&round)
    var entries: [Entry] = []
    for (place, person) in round.enumerated() {
      let real = Self.fileName(people[person].name)
      entries.append(Entry(file: real, part: place % Self.parts, person: person))
      for forgery in Forgery.allCases {
        let donor = forgery == .swap ? round[(place + 1) % round.count] : nil
        entries.append(
          Entry(
            file: Self.fileName("\(people[person].name)/\(forgery.rawValue)"), part: place % Self.parts, person: person,
            forgery: forgery, donor: donor, original: real))
      }
    }
    self.entries = entries
  }

  static func partFolder(_ part: Int) -> String { "dfdc_train_part_\(part)" }

  /// Whether `folder` holds all that would be made, by this recipe from these media.
  func isComplete(in folder: URL, media: Digest) -> Bool {
    // A record that cannot be read is as good as none: the folder is made anew.
    guard let record = try? Data(contentsOf: folder.appending(path: Self.recordName)),
      record == Data(Self.record(media: media).utf8)
    else { return false }
    return entries.allSatisfy {
      FileManager.default.isReadableFile(
        atPath: folder.appending(path: "\(Self.partFolder($0.part))/\($0.file)").path(percentEncoded: false))
    }
  }

  /// Whether dfprep's demo made `folder`, so that it may be replaced.
  static func isOurs(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: recordName).path(percentEncoded: false))
  }

  /// Writes everything but the videos.
  func writeDescriptions(to folder: URL, media: Digest) throws {
    for part in 0..<Self.parts {
      try Data(metadata(part: part).utf8).write(to: folder.appending(path: "\(Self.partFolder(part))/metadata.json"))
    }
    try Data(methods.utf8).write(to: folder.appending(path: "demo-methods.csv"))
    try Data(Self.record(media: media).utf8).write(to: folder.appending(path: Self.recordName))
  }

  /// The `metadata.json` of a part, in the data set's own form; it knows no methods.
  func metadata(part: Int) -> String {
    let lines = entries.filter { $0.part == part }.sorted { $0.file < $1.file }.map { entry in
      let original = entry.original.map { ", \"original\": \"\($0)\"" } ?? ""
      return
        "\"\(entry.file)\": {\"label\": \"\(entry.forgery == nil ? "REAL" : "FAKE")\", \"split\": \"train\"\(original)}"
    }
    return "{\(lines.joined(separator: ", "))}"
  }

  /// What the data set's own form cannot say.
  var methods: String {
    let people = Cast.people
    return entries.reduce(into: "part,file,label,method,person,donor,original,source\n") { text, entry in
      text +=
        [
          String(entry.part), entry.file, entry.forgery == nil ? "REAL" : "FAKE", entry.forgery?.rawValue ?? "",
          people[entry.person].name, entry.donor.map { people[$0].name } ?? "", entry.original ?? "",
          people[entry.person].file,
        ].joined(separator: ",") + "\n"
    }
  }

  private static func record(media: Digest) -> String {
    "{\"recipe\": \(Cast.recipeVersion), \"media\": \"\(media.hex)\"}\n"
  }

  /// Ten letters, as the data set names its files.
  private static func fileName(_ key: String) -> String {
    var random = KeyedRandom(seed: UInt64(Cast.recipeVersion), key: key, stage: "demo-media/name")
    return String((0..<10).map { _ in Character(Unicode.Scalar(UInt8(97 + random.integer(below: 26)))) }) + ".mp4"
  }
}
