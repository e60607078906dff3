/// What a sample is: 1 = fake, always and everywhere inside dfprep.
package enum Label: Int, Codable, Hashable, Sendable, CaseIterable {
  case real = 0
  case fake = 1

  package var name: String { self == .real ? "real" : "fake" }
}

/// What a source may be used for. Nothing is ever fitted on any role but `train`.
package enum Role: String, Codable, Hashable, Sendable, CaseIterable {
  case train, test, unlabelled
  /// In no part of it: a fake of a method that is held out, whose original is trained on.
  case leftOut = "left-out"

  /// What a pipeline may ask for.
  package static let assignable: [Role] = [.train, .test, .unlabelled]
}

/// Whether a source shows whole frames, in which a face is to be found, or is a ready crop.
package enum InputKind: String, Codable, Hashable, Sendable {
  case frame, face
}

/// Where the bytes of a source stand that is no file of its own but a member of a tar.
package struct ArchiveMember: Codable, Hashable, Sendable {
  /// Path of the tar below the dataset's root, forward slashes.
  package var archive: String
  /// First byte of the content in the tar.
  package var offset: Int
  /// Length of the content, bytes.
  package var length: Int

  package init(archive: String, offset: Int, length: Int) {
    self.archive = archive
    self.offset = offset
    self.length = length
  }
}

/// One video or image of a dataset, as its reader describes it.
package struct Source: Codable, Hashable, Sendable {
  /// Name of the dataset in `datasets.toml`.
  package var dataset: String
  /// Path below the dataset's root, forward slashes. Of a member of a tar: the tar's path, a slash, and the member's name,
  /// as `shards/train-000000.tar/0001.jpg`, so that keys stay unique; no file has that path.
  package var path: String
  /// Where to read the source, when it is a member of a tar; `nil` when it is the file at ``path``.
  package var member: ArchiveMember?
  package var label: Label
  package var role: Role
  /// Name of the manipulation, `nil` for reals and where the dataset does not say.
  package var method: String?
  /// Path (as in ``path``) of the original that a fake was made from, even when that file is absent.
  package var original: String?
  /// Path of the video whose white pixels were changed by the manipulation, where the dataset has one.
  package var mask: String?
  /// Identity whose body and scene are seen (the target), where the dataset says.
  package var identity: String?
  /// Identity whose face was put in, where the dataset says.
  package var donor: String?
  /// Video that the clip was cut from (for FaceForensics++ the YouTube id), where the dataset says.
  package var sourceVideo: String?
  /// The dataset's own split: `train`, `validation` or `test`.
  package var officialSplit: String?
  /// Compression level named by the dataset (`raw`, `c23`, `c40`).
  package var compression: String?
  /// `known`, `unknown-current` or `unknown-post`, where datasets.toml says.
  package var domain: String?
  package var input: InputKind

  package init(
    dataset: String, path: String, label: Label, member: ArchiveMember? = nil, role: Role = .train,
    method: String? = nil, original: String? = nil, mask: String? = nil, identity: String? = nil, donor: String? = nil,
    sourceVideo: String? = nil,
    officialSplit: String? = nil,
    compression: String? = nil, domain: String? = nil, input: InputKind = .frame
  ) {
    self.dataset = dataset
    self.path = path
    self.label = label
    self.member = member
    self.role = role
    self.method = method
    self.original = original
    self.mask = mask
    self.identity = identity
    self.donor = donor
    self.sourceVideo = sourceVideo
    self.officialSplit = officialSplit
    self.compression = compression
    self.domain = domain
    self.input = input
  }

  /// Path of the file that holds it, below the dataset's root.
  package var filePath: String { member?.archive ?? path }

  /// `dataset/path`, the source's name in records and messages. Not escaped.
  package var name: String { "\(dataset)/\(path)" }
}

/// An original and its fakes: the item of the source grain, never divided.
package struct Family: Codable, Hashable, Sendable {
  /// ``Source/name`` of the original, present or not.
  package var name: String
  /// Sorted by ``Source/path``; the original, when present, first.
  package var sources: [Source]

  /// Puts every source with its original. The result is sorted by name, whatever the order of `sources`.
  package static func families(of sources: [Source]) -> [Family] {
    let names = sources.map { "\($0.dataset)/\($0.original ?? $0.path)" }
    var families: [Family] = []
    // By places, which are small: a large run's sources are not held a second time while they are grouped.
    var rest = sources.indices.sorted { (names[$0], $0) < (names[$1], $1) }[...]
    while let first = rest.first {
      let name = names[first]
      let members = rest.prefix { names[$0] == name }
      rest = rest.dropFirst(members.count)
      families.append(
        Family(
          name: name,
          sources: members.map { sources[$0] }.sorted { left, right in
            (left.name == name ? 0 : 1, left.path) < (right.name == name ? 0 : 1, right.path)
          }))
    }
    return families
  }
}
