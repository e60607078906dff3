package import Records

/// What ties one sample, or one video of somebody's list, to others.
///
/// A name means the same only within its dataset (`id0` of one is not `id0` of another), so all but keys hold the
/// dataset in front.
package struct LinkedItem: Hashable, Sendable {
  package var key: String
  /// The video or image it comes from, `dataset/path`.
  package var video: String
  /// The original that it was made from, or itself.
  package var family: String
  package var identity: String?
  package var donor: String?
  package var sourceVideo: String?
  package var scene: String?
  /// Keys of what it was made from; empty for what was found.
  package var parents: [String]

  /// An item of `dataset`, which goes in front of every name.
  package init(
    key: String, dataset: String, video: String, family: String, identity: String? = nil, donor: String? = nil,
    sourceVideo: String? = nil, scene: String? = nil, parents: [String] = []
  ) {
    func scoped(_ name: String) -> String { dataset.isEmpty ? name : "\(dataset)/\(name)" }
    self.key = key
    self.video = scoped(video)
    self.family = scoped(family)
    self.identity = identity.map(scoped)
    self.donor = donor.map(scoped)
    self.sourceVideo = sourceVideo.map(scoped)
    self.scene = scene.map(scoped)
    self.parents = parents
  }

  package init(_ sample: Sample) {
    self.init(
      key: sample.key, dataset: sample.dataset, video: sample.path, family: "", identity: sample.identity,
      donor: sample.donor, sourceVideo: sample.sourceVideo, scene: VideoName.scene(ofPath: sample.path),
      parents: sample.parents)
    family = sample.family
  }
}
