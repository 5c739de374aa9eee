"""The two-step upload: https://docs.slack.dev/messaging/working-with-files#upload."""

import secrets
from typing import Final

from demo.constants import BOT_USER_ID, TEAM_URL
from demo.errors import Refusal, invalid_arguments
from demo.jsons import Json, own_copy
from demo.rooms import Message
from demo.state import State, Upload
from demo.web_api.posting import room_to_post, thread_parent
from demo.web_api.registry import ApiCall, method

LONGEST_FILE: Final = 50_000_000


@method("files.getUploadURLExternal", scopes=("files:write",), tier=4)
def get_upload_url(call: ApiCall) -> Json:
    name = call.args.text("filename")
    length = call.args.integer("length", 0, highest=10**12, lowest=0)
    if length == 0:
        raise invalid_arguments("missing required field: length")
    if length > LONGEST_FILE:
        raise Refusal("file_uploads_too_large")
    upload = Upload(f"F0{secrets.token_hex(4).upper()}", name, length, title=name)
    call.state.uploads[upload.id] = upload
    return {"upload_url": f"{call.base_url}/files/upload/{upload.id}", "file_id": upload.id}


@method("files.completeUploadExternal", scopes=("files:write",), tier=4)
def complete_upload(call: ApiCall) -> Json:
    args, state = call.args, call.state
    files = args.structure("files")
    if not isinstance(files, list) or not files:
        raise invalid_arguments("missing required field: files")
    uploads = [_arrived(state, item) for item in files]
    channel = args.maybe("channel_id")
    shown = []
    if channel is not None:
        room = room_to_post(state, channel)
        thread_ts = thread_parent(room, args.maybe("thread_ts"))
        shown = [_as_slack(call, upload) for upload in uploads]
        message = Message(
            state.clock.stamp(),
            room.id,
            BOT_USER_ID,
            args.maybe("initial_comment") or "",
            bot=True,
            thread_ts=thread_ts,
            files=shown,
        )
        state.post(message)
    for upload in uploads:
        upload.complete = True
    return {"files": [own_copy(item) for item in shown] or [{"id": item.id, "title": item.title} for item in uploads]}


def _arrived(state: State, item: object) -> Upload:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise invalid_arguments("must be an object with an id [json-pointer:/files]")
    upload = state.uploads.get(item["id"])
    if upload is None or upload.content is None or upload.complete:
        raise Refusal("file_not_found")
    upload.title = str(item.get("title") or upload.name)
    return upload


def _as_slack(call: ApiCall, upload: Upload) -> Json:
    link = f"{call.base_url}/files/{upload.id}/{upload.name}"
    return {
        "id": upload.id,
        "name": upload.name,
        "title": upload.title,
        "mimetype": upload.mimetype,
        "size": upload.length,
        "user": BOT_USER_ID,
        "mode": "hosted",
        "url_private": link,
        "url_private_download": link,
        "permalink": f"{TEAM_URL}files/{BOT_USER_ID}/{upload.id}/{upload.name}",
    }
