"""The ceiling of intake: aiohttp and pydantic, nothing kept. `python -m bench.bare PORT`."""

import sys

from aiohttp import web
from pydantic import BaseModel


class Answer(BaseModel):
    score: int
    response_id: str
    comment: str = ""
    email: str = ""


async def receive(request: web.Request) -> web.Response:
    Answer.model_validate_json(await request.read())
    return web.Response(body=b'{"ok":true}', content_type="application/json")


async def healthy(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


def main() -> None:
    app = web.Application()
    app.router.add_post("/hooks/{source}", receive)
    app.router.add_get("/healthz", healthy)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
