from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ContentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTENT_ABSENT: _ClassVar[ContentState]
    CONTENT_WORKING: _ClassVar[ContentState]
    CONTENT_READY: _ClassVar[ContentState]
    CONTENT_SEALED: _ClassVar[ContentState]
    CONTENT_FAILED: _ClassVar[ContentState]

class ImageState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMAGE_ABSENT: _ClassVar[ImageState]
    IMAGE_WORKING: _ClassVar[ImageState]
    IMAGE_READY: _ClassVar[ImageState]
    IMAGE_FAILED: _ClassVar[ImageState]

class ContainerState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONTAINER_ABSENT: _ClassVar[ContainerState]
    CONTAINER_STARTING: _ClassVar[ContainerState]
    CONTAINER_RUNNING: _ClassVar[ContainerState]
    CONTAINER_STOPPING: _ClassVar[ContainerState]
    CONTAINER_EXITED: _ClassVar[ContainerState]
    CONTAINER_FAILED: _ClassVar[ContainerState]

class BackupState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKUP_ABSENT: _ClassVar[BackupState]
    BACKUP_WORKING: _ClassVar[BackupState]
    BACKUP_DONE: _ClassVar[BackupState]
    BACKUP_FAILED: _ClassVar[BackupState]

class EntryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTRY_OTHER: _ClassVar[EntryKind]
    ENTRY_FILE: _ClassVar[EntryKind]
    ENTRY_FOLDER: _ClassVar[EntryKind]
    ENTRY_LINK: _ClassVar[EntryKind]

class ExportFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPORT_FILE: _ClassVar[ExportFormat]
    EXPORT_TAR: _ClassVar[ExportFormat]
    EXPORT_ZIP: _ClassVar[ExportFormat]

class FrozenState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FROZEN_ABSENT: _ClassVar[FrozenState]
    FROZEN_WORKING: _ClassVar[FrozenState]
    FROZEN_DONE: _ClassVar[FrozenState]
    FROZEN_FAILED: _ClassVar[FrozenState]

class HoldingKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOLDING_TREE: _ClassVar[HoldingKind]
    HOLDING_POINTS: _ClassVar[HoldingKind]
    HOLDING_FROZEN: _ClassVar[HoldingKind]
CONTENT_ABSENT: ContentState
CONTENT_WORKING: ContentState
CONTENT_READY: ContentState
CONTENT_SEALED: ContentState
CONTENT_FAILED: ContentState
IMAGE_ABSENT: ImageState
IMAGE_WORKING: ImageState
IMAGE_READY: ImageState
IMAGE_FAILED: ImageState
CONTAINER_ABSENT: ContainerState
CONTAINER_STARTING: ContainerState
CONTAINER_RUNNING: ContainerState
CONTAINER_STOPPING: ContainerState
CONTAINER_EXITED: ContainerState
CONTAINER_FAILED: ContainerState
BACKUP_ABSENT: BackupState
BACKUP_WORKING: BackupState
BACKUP_DONE: BackupState
BACKUP_FAILED: BackupState
ENTRY_OTHER: EntryKind
ENTRY_FILE: EntryKind
ENTRY_FOLDER: EntryKind
ENTRY_LINK: EntryKind
EXPORT_FILE: ExportFormat
EXPORT_TAR: ExportFormat
EXPORT_ZIP: ExportFormat
FROZEN_ABSENT: FrozenState
FROZEN_WORKING: FrozenState
FROZEN_DONE: FrozenState
FROZEN_FAILED: FrozenState
HOLDING_TREE: HoldingKind
HOLDING_POINTS: HoldingKind
HOLDING_FROZEN: HoldingKind

class InfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class InfoReply(_message.Message):
    __slots__ = ("node", "runtime", "boot", "limits", "protocol", "oldest")
    class LimitsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NODE_FIELD_NUMBER: _ClassVar[int]
    RUNTIME_FIELD_NUMBER: _ClassVar[int]
    BOOT_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    OLDEST_FIELD_NUMBER: _ClassVar[int]
    node: str
    runtime: str
    boot: str
    limits: _containers.ScalarMap[str, str]
    protocol: int
    oldest: int
    def __init__(self, node: _Optional[str] = ..., runtime: _Optional[str] = ..., boot: _Optional[str] = ..., limits: _Optional[_Mapping[str, str]] = ..., protocol: _Optional[int] = ..., oldest: _Optional[int] = ...) -> None: ...

class PrepareRequest(_message.Message):
    __slots__ = ("instance", "fresh", "url", "ref", "image", "folder", "place", "path", "credentials", "partial", "left", "workspace_class", "downloads", "snapshot", "prebuild")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    FRESH_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    REF_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_CLASS_FIELD_NUMBER: _ClassVar[int]
    DOWNLOADS_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    PREBUILD_FIELD_NUMBER: _ClassVar[int]
    instance: str
    fresh: bool
    url: str
    ref: str
    image: str
    folder: str
    place: bool
    path: str
    credentials: Credentials
    partial: bool
    left: int
    workspace_class: str
    downloads: _containers.RepeatedCompositeFieldContainer[Download]
    snapshot: str
    prebuild: str
    def __init__(self, instance: _Optional[str] = ..., fresh: _Optional[bool] = ..., url: _Optional[str] = ..., ref: _Optional[str] = ..., image: _Optional[str] = ..., folder: _Optional[str] = ..., place: _Optional[bool] = ..., path: _Optional[str] = ..., credentials: _Optional[_Union[Credentials, _Mapping]] = ..., partial: _Optional[bool] = ..., left: _Optional[int] = ..., workspace_class: _Optional[str] = ..., downloads: _Optional[_Iterable[_Union[Download, _Mapping]]] = ..., snapshot: _Optional[str] = ..., prebuild: _Optional[str] = ...) -> None: ...

class Download(_message.Message):
    __slots__ = ("url", "path", "digest")
    URL_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    url: str
    path: str
    digest: str
    def __init__(self, url: _Optional[str] = ..., path: _Optional[str] = ..., digest: _Optional[str] = ...) -> None: ...

class Credentials(_message.Message):
    __slots__ = ("username", "password", "ssh_key", "known_hosts")
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    PASSWORD_FIELD_NUMBER: _ClassVar[int]
    SSH_KEY_FIELD_NUMBER: _ClassVar[int]
    KNOWN_HOSTS_FIELD_NUMBER: _ClassVar[int]
    username: str
    password: str
    ssh_key: str
    known_hosts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, username: _Optional[str] = ..., password: _Optional[str] = ..., ssh_key: _Optional[str] = ..., known_hosts: _Optional[_Iterable[str]] = ...) -> None: ...

class Content(_message.Message):
    __slots__ = ("instance", "state", "revision", "branch", "progress", "fault", "took", "path", "config", "restored")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    TOOK_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    RESTORED_FIELD_NUMBER: _ClassVar[int]
    instance: str
    state: ContentState
    revision: str
    branch: str
    progress: Progress
    fault: Fault
    took: float
    path: str
    config: str
    restored: str
    def __init__(self, instance: _Optional[str] = ..., state: _Optional[_Union[ContentState, str]] = ..., revision: _Optional[str] = ..., branch: _Optional[str] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., fault: _Optional[_Union[Fault, _Mapping]] = ..., took: _Optional[float] = ..., path: _Optional[str] = ..., config: _Optional[str] = ..., restored: _Optional[str] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("text", "bytes", "total")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    text: str
    bytes: int
    total: int
    def __init__(self, text: _Optional[str] = ..., bytes: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class Fault(_message.Message):
    __slots__ = ("code", "title", "detail", "cure", "subject")
    class SubjectEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    CURE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    code: str
    title: str
    detail: str
    cure: str
    subject: _containers.ScalarMap[str, str]
    def __init__(self, code: _Optional[str] = ..., title: _Optional[str] = ..., detail: _Optional[str] = ..., cure: _Optional[str] = ..., subject: _Optional[_Mapping[str, str]] = ...) -> None: ...

class FetchRequest(_message.Message):
    __slots__ = ("instance", "image", "source")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    instance: str
    image: str
    source: str
    def __init__(self, instance: _Optional[str] = ..., image: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ("image", "state", "progress", "size", "fault", "took")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    TOOK_FIELD_NUMBER: _ClassVar[int]
    image: str
    state: ImageState
    progress: Progress
    size: int
    fault: Fault
    took: float
    def __init__(self, image: _Optional[str] = ..., state: _Optional[_Union[ImageState, str]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., size: _Optional[int] = ..., fault: _Optional[_Union[Fault, _Mapping]] = ..., took: _Optional[float] = ...) -> None: ...

class ApplyRequest(_message.Message):
    __slots__ = ("instance", "image", "supervisor", "ide", "workspace_class", "token", "protocol", "jupyterlab", "kind", "base")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    SUPERVISOR_FIELD_NUMBER: _ClassVar[int]
    IDE_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_CLASS_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    JUPYTERLAB_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    instance: str
    image: str
    supervisor: str
    ide: str
    workspace_class: str
    token: str
    protocol: str
    jupyterlab: str
    kind: str
    base: str
    def __init__(self, instance: _Optional[str] = ..., image: _Optional[str] = ..., supervisor: _Optional[str] = ..., ide: _Optional[str] = ..., workspace_class: _Optional[str] = ..., token: _Optional[str] = ..., protocol: _Optional[str] = ..., jupyterlab: _Optional[str] = ..., kind: _Optional[str] = ..., base: _Optional[str] = ...) -> None: ...

class Container(_message.Message):
    __slots__ = ("instance", "state", "pid", "fault", "exit_code", "out_of_memory", "took")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    OUT_OF_MEMORY_FIELD_NUMBER: _ClassVar[int]
    TOOK_FIELD_NUMBER: _ClassVar[int]
    instance: str
    state: ContainerState
    pid: int
    fault: Fault
    exit_code: int
    out_of_memory: bool
    took: float
    def __init__(self, instance: _Optional[str] = ..., state: _Optional[_Union[ContainerState, str]] = ..., pid: _Optional[int] = ..., fault: _Optional[_Union[Fault, _Mapping]] = ..., exit_code: _Optional[int] = ..., out_of_memory: _Optional[bool] = ..., took: _Optional[float] = ...) -> None: ...

class DeleteRequest(_message.Message):
    __slots__ = ("instance", "grace")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    GRACE_FIELD_NUMBER: _ClassVar[int]
    instance: str
    grace: float
    def __init__(self, instance: _Optional[str] = ..., grace: _Optional[float] = ...) -> None: ...

class SealRequest(_message.Message):
    __slots__ = ("instance",)
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    instance: str
    def __init__(self, instance: _Optional[str] = ...) -> None: ...

class DiscardRequest(_message.Message):
    __slots__ = ("workspace", "n")
    WORKSPACE_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    workspace: str
    n: int
    def __init__(self, workspace: _Optional[str] = ..., n: _Optional[int] = ...) -> None: ...

class DiscardReply(_message.Message):
    __slots__ = ("freed_bytes",)
    FREED_BYTES_FIELD_NUMBER: _ClassVar[int]
    freed_bytes: int
    def __init__(self, freed_bytes: _Optional[int] = ...) -> None: ...

class LookRequest(_message.Message):
    __slots__ = ("instance", "revision", "paths")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PATHS_FIELD_NUMBER: _ClassVar[int]
    instance: str
    revision: str
    paths: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, instance: _Optional[str] = ..., revision: _Optional[str] = ..., paths: _Optional[_Iterable[str]] = ...) -> None: ...

class LookReply(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[Looked]
    def __init__(self, entries: _Optional[_Iterable[_Union[Looked, _Mapping]]] = ...) -> None: ...

class Looked(_message.Message):
    __slots__ = ("id", "folder", "text")
    ID_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    id: str
    folder: bool
    text: str
    def __init__(self, id: _Optional[str] = ..., folder: _Optional[bool] = ..., text: _Optional[str] = ...) -> None: ...

class Repository(_message.Message):
    __slots__ = ("workspace", "key")
    WORKSPACE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    workspace: str
    key: bytes
    def __init__(self, workspace: _Optional[str] = ..., key: _Optional[bytes] = ...) -> None: ...

class BackupRequest(_message.Message):
    __slots__ = ("instance", "point", "key", "excludes", "always", "left")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    POINT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    EXCLUDES_FIELD_NUMBER: _ClassVar[int]
    ALWAYS_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    instance: str
    point: str
    key: bytes
    excludes: _containers.RepeatedScalarFieldContainer[str]
    always: bool
    left: bool
    def __init__(self, instance: _Optional[str] = ..., point: _Optional[str] = ..., key: _Optional[bytes] = ..., excludes: _Optional[_Iterable[str]] = ..., always: _Optional[bool] = ..., left: _Optional[bool] = ...) -> None: ...

class Backup(_message.Message):
    __slots__ = ("workspace", "point", "state", "progress", "fault", "took", "made", "lacking")
    WORKSPACE_FIELD_NUMBER: _ClassVar[int]
    POINT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    TOOK_FIELD_NUMBER: _ClassVar[int]
    MADE_FIELD_NUMBER: _ClassVar[int]
    LACKING_FIELD_NUMBER: _ClassVar[int]
    workspace: str
    point: str
    state: BackupState
    progress: Progress
    fault: Fault
    took: float
    made: Point
    lacking: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, workspace: _Optional[str] = ..., point: _Optional[str] = ..., state: _Optional[_Union[BackupState, str]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., fault: _Optional[_Union[Fault, _Mapping]] = ..., took: _Optional[float] = ..., made: _Optional[_Union[Point, _Mapping]] = ..., lacking: _Optional[_Iterable[str]] = ...) -> None: ...

class Point(_message.Message):
    __slots__ = ("point", "time", "instance", "files", "bytes", "files_new", "files_changed", "added", "verified", "left")
    POINT_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    FILES_NEW_FIELD_NUMBER: _ClassVar[int]
    FILES_CHANGED_FIELD_NUMBER: _ClassVar[int]
    ADDED_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    point: str
    time: float
    instance: str
    files: int
    bytes: int
    files_new: int
    files_changed: int
    added: int
    verified: bool
    left: bool
    def __init__(self, point: _Optional[str] = ..., time: _Optional[float] = ..., instance: _Optional[str] = ..., files: _Optional[int] = ..., bytes: _Optional[int] = ..., files_new: _Optional[int] = ..., files_changed: _Optional[int] = ..., added: _Optional[int] = ..., verified: _Optional[bool] = ..., left: _Optional[bool] = ...) -> None: ...

class PointsRequest(_message.Message):
    __slots__ = ("repository",)
    REPOSITORY_FIELD_NUMBER: _ClassVar[int]
    repository: Repository
    def __init__(self, repository: _Optional[_Union[Repository, _Mapping]] = ...) -> None: ...

class PointsReply(_message.Message):
    __slots__ = ("points", "size")
    POINTS_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    points: _containers.RepeatedCompositeFieldContainer[Point]
    size: int
    def __init__(self, points: _Optional[_Iterable[_Union[Point, _Mapping]]] = ..., size: _Optional[int] = ...) -> None: ...

class BrowseRequest(_message.Message):
    __slots__ = ("repository", "point", "path")
    REPOSITORY_FIELD_NUMBER: _ClassVar[int]
    POINT_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    repository: Repository
    point: str
    path: bytes
    def __init__(self, repository: _Optional[_Union[Repository, _Mapping]] = ..., point: _Optional[str] = ..., path: _Optional[bytes] = ...) -> None: ...

class BrowseReply(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[Entry]
    def __init__(self, entries: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ("name", "kind", "size", "modified", "mode", "target")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MODIFIED_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    name: bytes
    kind: EntryKind
    size: int
    modified: float
    mode: int
    target: bytes
    def __init__(self, name: _Optional[bytes] = ..., kind: _Optional[_Union[EntryKind, str]] = ..., size: _Optional[int] = ..., modified: _Optional[float] = ..., mode: _Optional[int] = ..., target: _Optional[bytes] = ...) -> None: ...

class ExportRequest(_message.Message):
    __slots__ = ("repository", "point", "path", "format")
    REPOSITORY_FIELD_NUMBER: _ClassVar[int]
    POINT_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    repository: Repository
    point: str
    path: bytes
    format: ExportFormat
    def __init__(self, repository: _Optional[_Union[Repository, _Mapping]] = ..., point: _Optional[str] = ..., path: _Optional[bytes] = ..., format: _Optional[_Union[ExportFormat, str]] = ...) -> None: ...

class ExportChunk(_message.Message):
    __slots__ = ("data",)
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class RestoreRequest(_message.Message):
    __slots__ = ("instance", "restore", "repository", "point")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    RESTORE_FIELD_NUMBER: _ClassVar[int]
    REPOSITORY_FIELD_NUMBER: _ClassVar[int]
    POINT_FIELD_NUMBER: _ClassVar[int]
    instance: str
    restore: str
    repository: Repository
    point: str
    def __init__(self, instance: _Optional[str] = ..., restore: _Optional[str] = ..., repository: _Optional[_Union[Repository, _Mapping]] = ..., point: _Optional[str] = ...) -> None: ...

class ForgetRequest(_message.Message):
    __slots__ = ("repository", "points")
    REPOSITORY_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    repository: Repository
    points: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, repository: _Optional[_Union[Repository, _Mapping]] = ..., points: _Optional[_Iterable[str]] = ...) -> None: ...

class ForgetReply(_message.Message):
    __slots__ = ("freed_bytes",)
    FREED_BYTES_FIELD_NUMBER: _ClassVar[int]
    freed_bytes: int
    def __init__(self, freed_bytes: _Optional[int] = ...) -> None: ...

class DropRequest(_message.Message):
    __slots__ = ("workspace", "n")
    WORKSPACE_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    workspace: str
    n: int
    def __init__(self, workspace: _Optional[str] = ..., n: _Optional[int] = ...) -> None: ...

class DropReply(_message.Message):
    __slots__ = ("freed_bytes",)
    FREED_BYTES_FIELD_NUMBER: _ClassVar[int]
    freed_bytes: int
    def __init__(self, freed_bytes: _Optional[int] = ...) -> None: ...

class FreezeRequest(_message.Message):
    __slots__ = ("instance", "snapshot")
    INSTANCE_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    instance: str
    snapshot: str
    def __init__(self, instance: _Optional[str] = ..., snapshot: _Optional[str] = ...) -> None: ...

class Frozen(_message.Message):
    __slots__ = ("snapshot", "state", "files", "bytes", "fault", "took")
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    TOOK_FIELD_NUMBER: _ClassVar[int]
    snapshot: str
    state: FrozenState
    files: int
    bytes: int
    fault: Fault
    took: float
    def __init__(self, snapshot: _Optional[str] = ..., state: _Optional[_Union[FrozenState, str]] = ..., files: _Optional[int] = ..., bytes: _Optional[int] = ..., fault: _Optional[_Union[Fault, _Mapping]] = ..., took: _Optional[float] = ...) -> None: ...

class LetGoRequest(_message.Message):
    __slots__ = ("snapshot",)
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    snapshot: str
    def __init__(self, snapshot: _Optional[str] = ...) -> None: ...

class LetGoReply(_message.Message):
    __slots__ = ("freed_bytes",)
    FREED_BYTES_FIELD_NUMBER: _ClassVar[int]
    freed_bytes: int
    def __init__(self, freed_bytes: _Optional[int] = ...) -> None: ...

class HoldingsRequest(_message.Message):
    __slots__ = ("measured",)
    MEASURED_FIELD_NUMBER: _ClassVar[int]
    measured: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, measured: _Optional[_Iterable[str]] = ...) -> None: ...

class HoldingsReply(_message.Message):
    __slots__ = ("holdings",)
    HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    holdings: _containers.RepeatedCompositeFieldContainer[Holding]
    def __init__(self, holdings: _Optional[_Iterable[_Union[Holding, _Mapping]]] = ...) -> None: ...

class Holding(_message.Message):
    __slots__ = ("kind", "name", "touched", "highest", "folder", "branch", "revision", "bytes", "place")
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TOUCHED_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    kind: HoldingKind
    name: str
    touched: float
    highest: int
    folder: str
    branch: str
    revision: str
    bytes: int
    place: str
    def __init__(self, kind: _Optional[_Union[HoldingKind, str]] = ..., name: _Optional[str] = ..., touched: _Optional[float] = ..., highest: _Optional[int] = ..., folder: _Optional[str] = ..., branch: _Optional[str] = ..., revision: _Optional[str] = ..., bytes: _Optional[int] = ..., place: _Optional[str] = ...) -> None: ...

class HoldRequest(_message.Message):
    __slots__ = ("boot", "until")
    BOOT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    boot: str
    until: float
    def __init__(self, boot: _Optional[str] = ..., until: _Optional[float] = ...) -> None: ...

class HoldReply(_message.Message):
    __slots__ = ("boot", "now", "free_bytes", "until")
    BOOT_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    FREE_BYTES_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    boot: str
    now: float
    free_bytes: int
    until: float
    def __init__(self, boot: _Optional[str] = ..., now: _Optional[float] = ..., free_bytes: _Optional[int] = ..., until: _Optional[float] = ...) -> None: ...

class ListRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListReply(_message.Message):
    __slots__ = ("containers", "contents", "images", "backups", "frozen")
    CONTAINERS_FIELD_NUMBER: _ClassVar[int]
    CONTENTS_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    BACKUPS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    containers: _containers.RepeatedCompositeFieldContainer[Container]
    contents: _containers.RepeatedCompositeFieldContainer[Content]
    images: _containers.RepeatedCompositeFieldContainer[Image]
    backups: _containers.RepeatedCompositeFieldContainer[Backup]
    frozen: _containers.RepeatedCompositeFieldContainer[Frozen]
    def __init__(self, containers: _Optional[_Iterable[_Union[Container, _Mapping]]] = ..., contents: _Optional[_Iterable[_Union[Content, _Mapping]]] = ..., images: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., backups: _Optional[_Iterable[_Union[Backup, _Mapping]]] = ..., frozen: _Optional[_Iterable[_Union[Frozen, _Mapping]]] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchReply(_message.Message):
    __slots__ = ("all", "container", "content", "image", "backup", "frozen")
    ALL_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    BACKUP_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    all: ListReply
    container: Container
    content: Content
    image: Image
    backup: Backup
    frozen: Frozen
    def __init__(self, all: _Optional[_Union[ListReply, _Mapping]] = ..., container: _Optional[_Union[Container, _Mapping]] = ..., content: _Optional[_Union[Content, _Mapping]] = ..., image: _Optional[_Union[Image, _Mapping]] = ..., backup: _Optional[_Union[Backup, _Mapping]] = ..., frozen: _Optional[_Union[Frozen, _Mapping]] = ...) -> None: ...
