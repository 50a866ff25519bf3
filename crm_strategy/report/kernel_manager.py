"""Jupyter's kernel manager for the kernels of a report."""

import asyncio
import sys
from typing import Any, ClassVar
from uuid import uuid4

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from crm_strategy.report.kernels import LONGEST_SOCKET, Kernels


class _OwnInterpreter(KernelSpecManager):
    def get_kernel_spec(self, *_: Any) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
        )


class ReportKernelManager(AsyncKernelManager):
    """Starts kernels of `kernels`, reached by sockets in its folder where there are any."""

    kernels: ClassVar[Kernels]

    def __init__(self, **options: Any) -> None:
        super().__init__(kernel_spec_manager=_OwnInterpreter(), **options)
        self.kernel_id = str(uuid4())
        place = self.kernels.connection()
        self.connection_file = f"{place}.json"
        if sys.platform != "win32" and len(place) < LONGEST_SOCKET:
            self.transport, self.ip = "ipc", place
        self.provisioner = _Provisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )


class _Provisioner(LocalProvisioner):
    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        kernels: Kernels = self.parent.kernels  # type: ignore[union-attr]
        kwargs["env"] |= kernels.all_env()
        process = kernels.fork(cmd[3:], kwargs.get("cwd"), kwargs["env"])
        if process is None:
            connection = await super().launch_kernel(cmd, **kwargs)
            kernels.started(self.process)
            return connection
        self.process = process  # type: ignore[assignment] # All of Popen that is used.
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        await super().kill(restart)
        # Dead within milliseconds; the manager would look again only after 100.
        for _ in range(100):
            if await self.poll() is not None:
                break
            await asyncio.sleep(0.002)
